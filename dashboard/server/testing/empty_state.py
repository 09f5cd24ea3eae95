"""The empty state of the Testing page: how to start a run."""

from dataclasses import dataclass, replace
from datetime import timedelta

from dash import html
from dash.development.base_component import Component

from dashboard.widgets import states
from dashboard.widgets.pieces import link

from .command import ACCOUNT_COMMAND, command_for
from .data import RunsData

BESIDE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class RunsEmptyState:
    """No run in the range, or none at all."""

    page_data: RunsData

    def full_message(self) -> list[Component]:
        """The message of the first panel: what is missing, why, what to do."""
        newest = self.page_data.newest
        actions = []
        if newest is not None:
            wider = replace(
                self.page_data.selection, start=newest.started_at - BESIDE,
                end=max(newest.ended_at + BESIDE, self.page_data.window.end),
            )  # fmt: skip
            actions.append(link("Show the newest run", wider.search(), "button button-primary"))
        return states.message(
            "broadcast",
            "No load test in this range" if newest else "No load test yet",
            [
                "A load test opens many connections to this installation, uses them, and says "
                "whether it holds. In a checkout, make a token once and start a run; with the "
                "token its report is stored and stands here.",
                states.snippet(ACCOUNT_COMMAND),
                states.snippet(command_for(self.page_data.origin)),
            ],
            actions,
        )

    def short_message(self) -> list[Component]:
        """The message of the other panels."""
        return [html.P("No run to show.", className="state-words")]


def empty_state_of(page_data: RunsData) -> RunsEmptyState | None:
    """The empty state of the page, `None` where there is something to show."""
    if page_data.current.rows or page_data.run is not None:
        return None
    return RunsEmptyState(page_data)
