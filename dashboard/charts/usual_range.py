"""What is usual, behind a line: a light band with a thin dashed line, and spans of incidents."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboard.charts import bands
from dashboard.charts.annotations import Figure, Line, Values
from dashboard.charts.time_axis import chart_time
from dashboard.widgets.panel import LegendEntry

FILLS = {"high": "--bad-fill", "medium": "--warn-fill", "low": "--unknown"}
OPACITY = {"high": 0.1, "medium": 0.14, "low": 0.12}
DASHES = "4px,3px"
WIDEST = 1.5  # times what was measured: a band is drawn up to there
LEGEND = (
    LegendEntry(name="expected", color="--expected", kind="dashes"),
    LegendEntry(name="usual range", color="--expected-band", kind="block"),
)


@dataclass(frozen=True, slots=True)
class Span:
    """A time tinted by the severity of an incident."""

    start: datetime
    end: datetime
    severity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualLines:
    """`expected` between `low` and `high` at `times`, in the unit of the axis; `None` leaves a
    gap."""

    times: Sequence[str] = ()
    expected: Values = ()
    low: Values = ()
    high: Values = ()
    spans: Sequence[Span] = ()

    @property
    def highest(self) -> float:
        """The top of the band."""
        return max((value for value in self.high if value is not None), default=0.0)

    def top_beside(self, highest: float) -> float:
        """How high an axis must reach for the band: that of a series with few days behind it may be
        so wide that a line up to `highest` would be flat beside it, and is cut."""
        return min(self.highest, WIDEST * highest) if highest > 0 else self.highest


NO_USUAL = UsualLines()
NAME = "usual range"


def is_drawn(figure: Figure) -> bool:
    """Whether a figure has the band."""
    return any(trace.get("name") == NAME for trace in figure.get("data", ()))


def traces(usual: UsualLines) -> list[Figure]:
    """The band, to be drawn first."""
    if not usual.times:
        return []
    drawn = bands.band(usual.times, usual.low, usual.high)
    line = {"width": 0, "color": "--expected-band"}
    return [{**drawn, "name": NAME, "fillcolor": "--expected-band", "line": line}]


def expected_line(usual: UsualLines) -> list[Line]:
    """The dashed line of what is expected, with a gap wherever there is no band."""
    if not usual.times:
        return []
    return [
        Line(
            name="expected", times=usual.times, values=usual.expected, color="--expected",
            width=1.25, dash=DASHES,
        )
    ]  # fmt: skip


def shapes(spans: Iterable[Span]) -> list[Figure]:
    """A tint over the time of each incident."""
    return [
        {
            "type": "rect", "yref": "paper", "y0": 0, "y1": 1, "layer": "below",
            "x0": chart_time(span.start), "x1": chart_time(span.end),
            "fillcolor": FILLS[span.severity], "opacity": OPACITY[span.severity],
            "line": {"width": 0},
        }
        for span in spans
    ]  # fmt: skip
