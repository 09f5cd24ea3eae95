"""The versions of a rule: who changed what, and when."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from analytics.alerting.answers import RuleVersionResponse
from dashboard.core.times import moment
from dashboard.server.alerts.editor.rule_form import changes_between

LABELS = {
    "window_seconds": "window (min)",
    "for_seconds": "pending period (min)",
    "keep_firing_seconds": "keep firing for (min)",
    "repeat_seconds": "repeat every (h)",
    "minimum_n": "minimum n",
    "fire": "firing threshold",
    "clear": "clear threshold",
    "no_data": "when data is missing",
    "notify_resolved": "notify when resolved",
}
LONGEST = 60


def layout(versions: Sequence[RuleVersionResponse], now: datetime, zone: ZoneInfo) -> Component:
    """A collapsed list, newest first."""
    rows = [
        html.Li(
            [
                html.Span(f"Version {version.version}", className="num"),
                html.Span(moment(version.at, now, zone), className="num faint"),
                html.Span(version.actor, className="clip", title=version.actor),
                html.Span(changes_text(versions, index), className="faint"),
            ]
        )
        for index, version in enumerate(versions)
    ]
    return html.Details(
        [html.Summary(f"Versions ({len(versions)})"), html.Ul(rows, className="versions")],
        className="rule-versions",
    )


def changes_text(versions: Sequence[RuleVersionResponse], index: int) -> str:
    """The fields a version changed."""
    version = versions[index]
    if version.rule is None:
        return "removed or no longer valid"
    if index + 1 == len(versions):
        return "created"
    changes = changes_between(versions[index + 1].rule, version.rule)
    return "; ".join(
        f"{LABELS.get(name, name.replace('_', ' '))} {_short(before)} → {_short(after)}"
        for name, before, after in changes
    )


def _short(text: str) -> str:
    flat = " ".join(text.split()) or "none"
    return flat if len(flat) <= LONGEST else flat[: LONGEST - 1] + "…"
