"""The answer of `GET /api/ws/metrics/historical`, and what it is made of. Times are aware UTC."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from analytics.query.series_sums import Drawn
from analytics.ranges.steps import Step
from analytics.ranges.timerange import TimeRange

Point = tuple[datetime, float]


class Historical(msgspec.Struct, frozen=True, kw_only=True):
    """Series over [start, end): a point is the start of a step and its value.

    A step without a value has no point: missing is not zero. `n` says what each point rests on, in
    the order of the points: reports or samples of a count or rate, trials of a share, durations of
    a percentile. `filtered` names the filters that apply to each series; servers know no country.
    `note` says what cannot be answered for this combination of filters.
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
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What was read: `drawn` by name of the series, `filtered` as in the answer."""

    window: TimeRange
    step: Step
    data_as_of: datetime
    filters: Mapping[str, str]
    filtered: Mapping[str, list[str]]
    drawn: Mapping[str, Drawn]
    note: str = ""

    def answer(self) -> Historical:
        """As the API tells it."""
        return Historical(
            start=self.window.start,
            end=self.window.end,
            data_as_of=self.data_as_of,
            resolution=self.step.name,
            step_seconds=self.step.seconds,
            filters=dict(self.filters),
            filtered=dict(self.filtered),
            note=self.note,
            units={name: drawn.series.unit for name, drawn in self.drawn.items()},
            series={
                name: [(t, value.value) for t, value in drawn.points if value.value is not None]
                for name, drawn in self.drawn.items()
            },
            n={name: [value.n for _, value in drawn.points] for name, drawn in self.drawn.items()},
        )
