"""How a severity is named and coloured."""

from dataclasses import dataclass

from analytics.anomalies.answers import Deviation, JudgedByPeople
from dashboard.core.numbers import plural


@dataclass(frozen=True, slots=True)
class SeverityStyle:
    """`variant` is that of a tag; `color` of text, `fill` of spans and markers, as tokens."""

    label: str
    variant: str
    color: str
    fill: str


STYLES = {
    "high": SeverityStyle("High", "bad", "--bad", "--bad-fill"),
    "medium": SeverityStyle("Medium", "warn", "--warn", "--warn-fill"),
    "low": SeverityStyle("Low", "unknown", "--ink-2", "--unknown"),
}
ORDER = tuple(STYLES)
KINDS = {"no data": "No data", "frozen": "Frozen"}


def tag_of(incident: Deviation) -> tuple[str, str]:
    """Word and variant of the tag of an incident: of one without data its kind."""
    if incident.kind in KINDS:
        return KINDS[incident.kind], "unknown"
    style = STYLES[incident.severity]
    return style.label, style.variant


def worth(severity: str, judged: JudgedByPeople | None) -> str:
    """`High: 9 of 10 judged were real`."""
    label = STYLES[severity].label
    if judged is None or not judged.judged:
        return f"{label}: none was judged by people yet"
    was = "was" if judged.judged == 1 else "were"
    return f"{label}: {judged.real} of {plural(judged.judged, 'judged', 'judged')} {was} real"
