"""Reading of the Geographic page: which country is selected, and the lines of its metric."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from analytics.alerting.answers import RuleListResponse
from analytics.query.series_values import ComputedSeries
from analytics.ranges.steps import Step
from analytics.ranges.timerange import TimeRange
from analytics.reports.history_answers import History
from analytics.reports.segments.compared import compared
from dashboard.client.geographic import reading
from dashboard.client.geographic.core.data import GeographicData
from dashboard.client.geographic.core.url_state import read_view
from dashboard.client.geographic.country import over_time
from dashboard.client.geographic.history_lines import line, line_before
from tests.support.clock import NOON
from tests.support.pages.duration_steps import with_n
from tests.support.pages.history_figures import STEP, a_history, computed
from tests.support.pages.page_services import page_services
from tests.support.store.segment_factory import people, segments

HALF = timedelta(minutes=2, seconds=30)


class CountedReading:
    """Services with reports from Germany alone; says which countries lines were read of."""

    def __init__(self) -> None:
        self.countries: list[str | None] = []
        self.steps: list[Step | None] = []

    def history(
        self, _window: TimeRange, _names: Any, filters: Any, step: Step | None = None
    ) -> History:
        self.countries.append(filters.get("country"))
        self.steps.append(step)
        return a_history(computed("client_stability", [0.9] * 12))

    def read(self, search: str) -> GeographicData:
        reports = SimpleNamespace(
            segments=lambda *question: compared(segments(({question[-1][0]: "DE"}, people(40)))),
            trends=lambda *_: SimpleNamespace(by_value={}, starts=()),
            events=lambda *_: [],
        )
        no_rules = SimpleNamespace(rules=lambda: RuleListResponse(rules=[]))
        services = page_services(
            reports=reports, history=self, alerts=SimpleNamespace(reports=no_rules)
        )
        return reading.read(services, read_view(search, "1h"), "UTC")


@pytest.mark.parametrize(("selected", "title"), [("BR", "World"), ("DE", "Germany")])
def test_a_country_without_reports_is_not_selected(selected: str, title: str) -> None:
    counted = CountedReading()
    data = counted.read(f"?metric=stability&selected={selected}")
    assert over_time.draw(data).title == title
    assert ("BR" in counted.countries, bool(data.current.splits)) == (False, title == "Germany")


def test_the_world_and_the_period_before_have_the_steps_of_the_country() -> None:
    counted = CountedReading()
    counted.read("?metric=stability&selected=DE")
    assert counted.countries == ["DE", None, "DE"]
    assert counted.steps == [None, STEP, STEP]


def shifted(series: ComputedSeries, by: timedelta) -> ComputedSeries:
    points = [(at + by, value) for at, value in series.points]
    return ComputedSeries(series.series, points, series.over_range)


def before_of(own: History, by: timedelta) -> History:
    """The period `by` before, whose steps begin at other distances from its start."""
    start = own.window.start - by
    series = shifted(computed("client_stability", [0.7] * 12), timedelta(hours=-1))
    return a_history(series, window=TimeRange(start, start + own.window.length))


def starts_of(history: History) -> list[datetime]:
    (series,) = history.series.values()
    return [at for at, _ in series.points]


def test_a_period_before_with_other_steps_has_a_line() -> None:
    own = a_history(computed("client_stability", [0.9] * 12))
    before = before_of(own, timedelta(hours=1) - HALF + timedelta(seconds=1))
    assert [*line_before(own, before, starts_of(own))].count(0.7) >= 11


def test_a_period_before_without_values_has_no_line() -> None:
    own = a_history(computed("client_stability", [0.9] * 12))
    assert line_before(own, None, starts_of(own)) == ()
    empty = a_history(computed("client_stability", []), hours_ago=2)
    assert line_before(own, empty, starts_of(own)) == ()


def percentiles_of(n: int, hours_ago: int, rise: int = 0) -> History:
    """An hour of p95 of `n` round trips in the first step, and `rise` more in each further one."""
    name, start = "client_latency_p95_ms", NOON - hours_ago * timedelta(hours=1)
    window = TimeRange(start, start + timedelta(hours=1))
    durations = with_n(window, STEP.seconds, [n + rise * number for number in range(12)])
    series = computed(name, [50.0] * 12, hours_ago=hours_ago)
    return a_history(series, hours_ago=hours_ago, durations={name: durations})


def test_percentiles_before_are_in_steps_that_are_not_shorter() -> None:
    own = percentiles_of(30, 1)
    starts = starts_of(own)
    assert None not in line(own, starts)
    values = [*line_before(own, percentiles_of(90, 2, rise=20), starts)]
    assert values == [value for value in values[::3] for _ in range(3)]
    assert len({*values}) == 4


def test_percentiles_before_of_too_few_are_no_line() -> None:
    own = percentiles_of(90, 1)
    assert line_before(own, percentiles_of(1, 2), starts_of(own)) == ()
