"""The answer of `GET /api/ws/metrics/historical`, and what it is made of. Times are aware UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from analytics.query.not_counted import NotCounted
from analytics.query.series_values import ComputedSeries
from analytics.ranges.steps import Step
from analytics.ranges.timerange import TimeRange
from analytics.stats.duration_steps import DurationSteps

Point = tuple[datetime, float]


class Historical(msgspec.Struct, frozen=True, kw_only=True):
    """Series over [start, end): a point is the start of a step and its value.

    A step without a value has no point: missing is not zero. `n` says what each point rests on, in
    the order of the points: reports or samples of a count or rate, trials of a share, durations of
    a percentile. `filtered` names the filters that apply to each series; servers know no country.
    `not_counted` says by series why it has no points for these filters, and what to change. Reports
    before `judged_from` count drops by another rule and tell no kinds of ends. Steps of an hour and
    more divide the days of `zone`. `automated_sessions` are those of crawlers and probes by name,
    left out of series of browsers unless the filter `automated` asks for them alone.
    """

    start: datetime
    end: datetime
    data_as_of: datetime
    resolution: str
    step_seconds: int
    filters: dict[str, str]
    filtered: dict[str, list[str]]
    units: dict[str, str]
    series: dict[str, list[Point]]
    n: dict[str, list[int]]
    zone: str = "UTC"
    not_counted: dict[str, str] = {}
    judged_from: datetime | None = None
    automated_sessions: dict[str, int] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Series computed over a range, by name; `filtered` as in `Historical`. `durations` are those
    of percentiles."""

    window: TimeRange
    step: Step
    data_as_of: datetime
    filters: Mapping[str, str]
    filtered: Mapping[str, list[str]]
    series: Mapping[str, ComputedSeries]
    zone: str = "UTC"
    not_counted: Mapping[str, NotCounted] = field(default_factory=dict)
    durations: Mapping[str, DurationSteps] = field(default_factory=dict)
    judged_from: datetime | None = None
    automated_sessions: Mapping[str, int] = field(default_factory=dict)

    def to_historical(self) -> Historical:
        """The answer of the API."""
        return Historical(
            start=self.window.start,
            end=self.window.end,
            data_as_of=self.data_as_of,
            resolution=self.step.name,
            step_seconds=self.step.seconds,
            filters=dict(self.filters),
            filtered=dict(self.filtered),
            zone=self.zone,
            not_counted={name: str(reason) for name, reason in self.not_counted.items()},
            judged_from=self.judged_from,
            automated_sessions=dict(self.automated_sessions),
            units={name: computed.series.unit for name, computed in self.series.items()},
            series={
                name: [(t, value.value) for t, value in computed.points if value.value is not None]
                for name, computed in self.series.items()
            },
            n={
                name: [value.n for _, value in computed.points]
                for name, computed in self.series.items()
            },
        )
