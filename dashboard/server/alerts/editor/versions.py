"""The versions of a rule: who changed what, and when."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from analytics.alerting.answers import VersionAnswer
from dashboard.core.times import moment
from dashboard.server.alerts.editor.rule_form import changes_between

LABELS = {
    "window_seconds": "over (min)",
    "for_seconds": "for (min)",
    "keep_firing_seconds": "stays clear for (min)",
    "repeat_seconds": "repeat every (h)",
    "minimum_n": "n at least",
    "fire": "fires at",
    "clear": "clears at",
    "no_data": "when data is missing",
    "notify_resolved": "tell what is resolved",
    "runbook": "what to do",
}
LONGEST = 60


def layout(found: Sequence[VersionAnswer], now: datetime, zone: ZoneInfo) -> Component:
    """A list that opens, the newest first."""
    rows = [
        html.Li(
            [
                html.Span(f"Version {one.version}", className="num"),
                html.Span(moment(one.at, now, zone), className="num faint"),
                html.Span(one.actor, className="clip", title=one.actor),
                html.Span(words_of(found, place), className="faint"),
            ]
        )
        for place, one in enumerate(found)
    ]
    return html.Details(
        [html.Summary(f"Versions ({len(found)})"), html.Ul(rows, className="versions")],
        className="versions-held",
    )


def words_of(found: Sequence[VersionAnswer], place: int) -> str:
    """What became different with a version."""
    one = found[place]
    if one.rule is None:
        return "removed, or no longer readable"
    if place + 1 == len(found):
        return "made"
    changes = changes_between(found[place + 1].rule, one.rule)
    return "; ".join(
        f"{LABELS.get(name, name.replace('_', ' '))} {_short(before)} → {_short(after)}"
        for name, before, after in changes
    )


def _short(text: str) -> str:
    flat = " ".join(text.split()) or "none"
    return flat if len(flat) <= LONGEST else flat[: LONGEST - 1] + "…"
