"""What is usual of the metrics of a page: read with one statement, drawn on its charts, and told
under its cards. Bands are those that were stored; nothing is judged here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from analytics.anomalies.usual import Judged, UsualRange, UsualValue, added_up
from analytics.services.services import Services
from dashboard.charts.time_axis import chart_time
from dashboard.charts.usual_range import NO_USUAL, Span, UsualLines
from models.metrics.anomalies.series_key import STEP_SECONDS, VALUE_STEP_SECONDS
from models.metrics.grid import Grid

RECENT = timedelta(minutes=30)
WIDEST = 4  # times what is expected: the sum of bounds of rare events says nothing
NOTHING = 0.005  # of a share


@dataclass(frozen=True, slots=True)
class PageUsual:
    """Usual ranges on steps from `starts` on, by source and metric. `has_steps`: those are the
    steps of the charts, which else are too short for a band."""

    ranges: Mapping[Judged, UsualRange] = field(default_factory=dict)
    starts: Sequence[datetime] = ()
    has_steps: bool = True

    def lines(self, source: str, metric: str, factor: float = 1.0) -> UsualLines:
        """The band of a metric in the unit of an axis, `factor` times that of the metric."""
        return self._lines(source, metric, factor)

    def of_bars(
        self, source: str, metric: str, starts: Sequence[datetime], seconds: int
    ) -> UsualLines:
        """The band of a metric that adds up, in the middle of longer steps that begin at
        `starts`."""
        return self._lines(source, metric, 1.0, starts, timedelta(seconds=seconds / 2))

    def _lines(
        self, source: str, metric: str, factor: float, starts: Sequence[datetime] = (),
        shift: timedelta = timedelta(),
    ) -> UsualLines:  # fmt: skip
        usual = self.ranges.get((source, metric))
        if usual is None:
            return NO_USUAL
        spans = [Span(each.started_at, each.until, each.severity) for each in usual.spans]
        if not self.has_steps or not usual.steps:
            return UsualLines(spans=spans)
        values = _joined(usual, self.starts, starts) if starts else usual.steps
        drawn = [(at, values.get(at)) for at in starts or self.starts]
        return UsualLines(
            times=[chart_time(at + shift) for at, _ in drawn],
            expected=[None if each is None else each.expected * factor for _, each in drawn],
            low=[None if each is None else each.low * factor for _, each in drawn],
            high=[None if each is None else each.high * factor for _, each in drawn],
            spans=spans,
        )

    def over_range(
        self, source: str, metric: str, text: Callable[[float], str], divisor: float = 1.0
    ) -> str:
        """`usual 310 to 520` of a figure of the whole range; empty where it is not known, or too
        wide to say anything."""
        usual = self.ranges.get((source, metric))
        return _text(usual.over_range if usual else None, text, divisor)

    def at_end(self, source: str, metric: str, text: Callable[[float], str], now: datetime) -> str:
        """The same of a figure of this moment."""
        usual = self.ranges.get((source, metric))
        if usual is None or not usual.steps or now - max(usual.steps) > RECENT + self._step:
            return ""
        return _text(usual.last, text, 1.0)

    @property
    def _step(self) -> timedelta:
        return self.starts[1] - self.starts[0] if len(self.starts) > 1 else timedelta()


NO_PAGE_USUAL = PageUsual()


def read(
    services: Services, metrics: Sequence[Judged], grid: Grid, filters: Mapping[str, str]
) -> PageUsual:
    """What is usual of metrics on the steps of a page. Raises `DatabaseAway`."""
    least = VALUE_STEP_SECONDS if filters.keys() - {"app"} else STEP_SECONDS
    edges = list(grid.edges)
    has_steps = len(edges) > 1 and (edges[1] - edges[0]).total_seconds() >= least
    if not has_steps:
        edges = _edges(grid.start, grid.end, least)
    ranges = services.anomalies.reports.usual(metrics, edges, filters)
    return PageUsual(ranges, edges[:-1], has_steps)


def read_values(
    services: Services, metrics: Sequence[Judged], starts: Sequence[datetime],
    filters: Mapping[str, str], values: tuple[str, Sequence[str]],
) -> dict[str, PageUsual]:  # fmt: skip
    """The same for each of the `values` of a dimension, its name first, on the steps that begin at
    `starts`. Raises `DatabaseAway`."""
    if len(starts) < 2 or filters.get(values[0]):
        return {}
    edges = [*starts, starts[-1] + (starts[1] - starts[0])]
    ranges = services.anomalies.reports.usual_of_values(metrics, edges, filters, values)
    return {value: PageUsual(own, starts) for value, own in ranges.items()}


def _edges(start: datetime, end: datetime, seconds: int) -> list[datetime]:
    """Edges of steps of `seconds` that cover the time from `start` to `end`."""
    first = int(start.timestamp()) // seconds
    last = -(-int(end.timestamp()) // seconds)
    return [datetime.fromtimestamp(number * seconds, UTC) for number in range(first, last + 1)]


def _joined(
    usual: UsualRange, own: Sequence[datetime], starts: Sequence[datetime]
) -> dict[datetime, UsualValue]:
    """The sums over longer steps; none of a step that lacks one of its parts."""
    joined: dict[datetime, UsualValue] = {}
    for index, start in enumerate(starts):
        end = starts[index + 1] if index + 1 < len(starts) else None
        parts = [usual.steps.get(at) for at in own if at >= start and (end is None or at < end)]
        values = [each for each in parts if each is not None]
        if values and len(values) == len(parts):
            joined[start] = added_up(values)
    return joined


def _text(usual: UsualValue | None, text: Callable[[float], str], divisor: float) -> str:
    if usual is None or usual.high > WIDEST * max(usual.expected, 0.0) or _is_all(usual):
        return ""
    low, high = text(max(0.0, usual.low) / divisor), text(usual.high / divisor)
    return f"usual {low} to {high}" if low != high else f"usual {low}"


def _is_all(usual: UsualValue) -> bool:
    """Whether any share would be usual."""
    return usual.low <= NOTHING and 1.0 - NOTHING <= usual.high <= 1.0
