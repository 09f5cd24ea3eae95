"""Which value explains a change, of which metric."""

from datetime import UTC, datetime, timedelta

import numpy as np

from analytics.insight.quantities import QUANTITIES
from analytics.insight.search import most_remarkable
from analytics.insight.timetable import Timetable, timetable
from analytics.query.arrays import Arrays, Floats
from analytics.ranges.timerange import TimeRange
from analytics.stats.histograms import Histograms

DAY = TimeRange(datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC))
SUMS = ("opened", "failed", "drops", "open_ms", "errors", "sent", "received")
ATTEMPTS = 200.0
CONNECTIONS = [each for each in QUANTITIES if not each.durations]


def a_table() -> Timetable:
    """The hours of two days."""
    table = timetable(DAY, DAY.previous())
    assert table is not None
    assert table.step == timedelta(hours=1)
    return table


def arrays(dimension: str, failed: dict[str, Floats]) -> Arrays:
    """200 attempts of each value in each of 48 hours, of which these failed."""
    values = [*failed]
    shape = (len(values), 48)
    sums = {name: np.zeros(shape) for name in SUMS}
    sums["failed"] = np.array([*failed.values()])
    sums["opened"] = ATTEMPTS - sums["failed"]
    sums["open_ms"] += 3_600_000
    return Arrays(
        labels=[{dimension: value} for value in values], grid=a_table().grid,
        observed=np.full(shape, 100.0), sums=sums,
        histograms={
            name: Histograms.empty(shape) for name in ("latency", "reply", "setup")
        },
    )  # fmt: skip


def failing(times: float = 1.0, first: int = 24, last: int = 47) -> Floats:
    """Ten failures an hour, in some hours `times` as many."""
    series = np.full(48, 10.0)
    series[first : last + 1] *= times
    return series


def labels_of(*splits: Arrays, least_reports: float = 200) -> dict[str, str] | None:
    """The values that the change is explained by; `None` without a change."""
    candidate = most_remarkable(
        a_table(), splits[0].added(), splits, CONNECTIONS, least_reports=least_reports
    )
    if candidate is None:
        return None
    assert candidate.remark.key == "connect_success"
    assert candidate.remark.now < candidate.remark.before
    return dict(candidate.remark.labels)


def test_a_value_is_named_where_all_others_are_as_usual() -> None:
    countries = {"BR": failing(), "DE": failing(8, 30, 34), "IN": failing()}
    assert labels_of(arrays("country", countries)) == {"country": "DE"}


def test_no_value_is_named_where_everybody_is_worse() -> None:
    countries = {"BR": failing(6), "DE": failing(8), "IN": failing(7)}
    assert labels_of(arrays("country", countries)) == {}


def test_what_has_no_name_explains_nothing() -> None:
    countries = {"unknown": failing(8), "DE": failing(), "IN": failing()}
    assert labels_of(arrays("country", countries)) == {}


def test_of_values_with_the_same_failures_the_narrower_is_named() -> None:
    countries = {"BR": failing(), "DE": failing(9, 30, 34), "IN": failing()}
    in_browsers = {"Edge": failing() + failing(9, 30, 34), "Firefox": failing()}
    browsers = arrays("browser", in_browsers)
    browsers.sums["opened"][0] += ATTEMPTS
    assert labels_of(arrays("country", countries), browsers) == {"country": "DE"}


def test_what_touches_few_is_not_named() -> None:
    countries = arrays("country", {"BR": failing(), "DE": failing(8, 30, 34), "IN": failing()})
    assert labels_of(countries, least_reports=500) == {"country": "DE"}
    assert labels_of(countries, least_reports=501) != {"country": "DE"}


def test_without_a_change_nothing_is_named() -> None:
    assert labels_of(arrays("country", {"BR": failing(), "DE": failing()})) is None
