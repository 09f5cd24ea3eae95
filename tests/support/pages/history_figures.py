"""Factories of what History draws: an hour before noon in steps of five minutes."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from analytics.query.series import SERIES
from analytics.query.series_values import NO_VALUE, ComputedSeries, SeriesValue
from analytics.ranges.steps import Step
from analytics.ranges.timerange import TimeRange
from analytics.reports.history_answers import History
from dashboard.core.url_state import View
from dashboard.server.history import data
from dashboard.server.history.data import HistoryData
from tests.support.clock import NOON
from tests.support.pages.duration_steps import with_n

HOUR, STEP = timedelta(hours=1), Step("5 minutes", 300)
Values = Sequence[float | None]


def computed(
    name: str, values: Values, over_range: SeriesValue = NO_VALUE, hours_ago: int = 1
) -> ComputedSeries:
    """The registered series with a value, each of n = 7, for each step; `None` has no point."""
    start = NOON - hours_ago * HOUR
    points = [
        (start + index * timedelta(seconds=STEP.seconds), SeriesValue(value, 7))
        for index, value in enumerate(values)
        if value is not None
    ]
    return ComputedSeries(SERIES[name], points, over_range)


def a_history(*series: ComputedSeries, hours_ago: int = 1, **fields: Any) -> History:
    """The history of an hour."""
    start = NOON - hours_ago * HOUR
    defaults: dict[str, Any] = {
        "window": TimeRange(start, start + HOUR), "step": STEP, "data_as_of": NOON, "filters": {},
        "filtered": {entry.series.name: [] for entry in series},
        "series": {entry.series.name: entry for entry in series},
    }  # fmt: skip
    return History(**(defaults | fields))


def percentile_history(n: int, hours_ago: int = 1) -> History:
    """An hour of p95 of `n` round trips a step."""
    name, start = "latency_p95_ms", NOON - hours_ago * HOUR
    series = computed(name, [50.0] * 12, SeriesValue(50.0, 12 * n), hours_ago)
    durations = with_n(TimeRange(start, start + HOUR), STEP.seconds, [n] * 12)
    return a_history(series, hours_ago=hours_ago, durations={name: durations})


def history_data(
    current: History, before: History | None = None, filters: Mapping[str, str] | None = None,
    **view: Any,
) -> HistoryData:  # fmt: skip
    """The page's data of one or two ranges; `view` are other fields of its view."""
    return HistoryData(
        view=View(preset="1h", filters=filters or {}, **view), window=current.window, now=NOON,
        zone=ZoneInfo("UTC"), current=data._steps_of(current), history=current, before=before,
    )  # fmt: skip
