"""The state of a page whose address names a range that cannot be read."""

from dataclasses import dataclass, replace

from dash import html
from dash.development.base_component import Component

from analytics.ranges import rolling
from dashboard.core.url_state import View
from dashboard.widgets import states
from dashboard.widgets.pieces import link


@dataclass(frozen=True, slots=True)
class RefusedRange:
    """The messages of the page: why nothing was read, and a link to its default range."""

    view: View

    def full_message(self) -> list[Component]:
        """The message of the first panel: what is wrong, what to do."""
        default = replace(self.view, range_fault="")
        heading = rolling.read(default.preset).heading
        return states.message(
            "clock",
            "This range cannot be read",
            f"{self.view.range_fault} Nothing was read.",
            [link(f"Show the {heading[0].lower()}{heading[1:]}", default.search(), "button")],
        )

    def short_message(self) -> list[Component]:
        """The message of the other panels."""
        return [html.P("No range to read.", className="state-words")]
