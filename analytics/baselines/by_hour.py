"""What a rule compares with: the values of a baseline by the hour of the day; pure.

A metric has its daily cycle: beside the mean of a day, what is usual at noon looks bad, and what is
bad at night usual. An hour of the day with too few values has the value of all hours.
"""

from dataclasses import dataclass

import msgspec
import numpy as np

from analytics.alerting.rules.rule import Rule
from analytics.baselines.measures import Measure, measures_of
from analytics.baselines.reading import HourlyFigures, hours_of_day
from analytics.query import formula as formulas
from analytics.query.arrays import Arrays, Floats
from analytics.query.read_plan import MINUTE
from analytics.stats.over_hours.residuals import HOURS_OF_DAY
from models.metrics.grid import Grid

LEAST_N = 30  # values, sessions or rows at an hour of the day
Hours = list[float]


class _ByHour(msgspec.Struct, frozen=True):
    """[value, low, high] by the hour of the day, by metric and aggregation; NaN: none."""

    zone: str
    measures: dict[str, tuple[Hours, Hours, Hours]]


@dataclass(frozen=True, slots=True)
class Reference:
    """What a rule compares with at steps of time, arrays of one shape: `low` and `high` are the
    95 % interval of a share, of all else the value itself. NaN: the baseline has no value."""

    value: Floats
    low: Floats
    high: Floats

    @property
    def last(self) -> "Reference":
        """That of the last step, of shape (1,)."""
        return Reference(self.value[-1:], self.low[-1:], self.high[-1:])


def packed_by_hour(figures: HourlyFigures) -> bytes:
    """The values of all measures of a baseline, as stored."""
    of_hours = _by_hour_of_day(figures)
    of_range = figures.arrays.over_range()
    measures = {
        _key(each.metric, each.aggregation): _values(each, of_hours, of_range)
        for each in measures_of(figures.source)
    }
    return msgspec.msgpack.encode(_ByHour(figures.zone, measures))


def reference_of(packed: bytes, rule: Rule, grid: Grid) -> Reference | None:
    """What `rule` compares each step of `grid` with: the hour of the day in which the step ends.
    `None`: the baseline does not have this measure. Raises `msgspec.DecodeError`."""
    stored = msgspec.msgpack.decode(packed, type=_ByHour)
    ends = stored.measures.get(_key(rule.metric, rule.aggregation))
    if ends is None:
        return None
    hours = hours_of_day((edge - MINUTE for edge in grid.edges[1:]), stored.zone)
    return Reference(*(np.array(each, dtype=np.float64)[hours] for each in ends))


def _key(metric: str, aggregation: str) -> str:
    return f"{metric} {aggregation}"


def _by_hour_of_day(figures: HourlyFigures) -> Arrays:
    """The hours added up by the hour of the day, as 24 steps."""
    belongs = np.zeros((figures.arrays.grid.steps, HOURS_OF_DAY))
    belongs[np.arange(len(belongs)), figures.hours_of_day] = 1.0
    return figures.arrays.regrouped(belongs, Grid.uniform(figures.start, 3600, HOURS_OF_DAY))


def _values(measure: Measure, of_hours: Arrays, of_range: Arrays) -> tuple[Hours, Hours, Hours]:
    by_hour, total = (formulas.values(measure.formula, each) for each in (of_hours, of_range))
    is_enough = (by_hour.n[0] >= LEAST_N) & ~np.isnan(by_hour.value[0])
    value, low, high = (
        np.where(is_enough, own[0], every[0, 0]).tolist()
        for own, every in (
            (by_hour.value, total.value), (by_hour.low, total.low), (by_hour.high, total.high),
        )
    )  # fmt: skip
    return value, low, high
