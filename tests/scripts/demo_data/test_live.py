"""The demo's live load continues its history: same sessions, rates and shares, nothing twice."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.database.engine import DatabaseAway
from models.raw.client_reports import ClientReport
from scripts.demo_data.incidents import incidents
from scripts.demo_data.live import DueReports
from scripts.demo_data.reports import DrawnReports
from scripts.demo_data.world import DAYS, REPORTS
from tests.support.store.any_country import any_country

END = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday
MINUTE, HOUR, DAY, WEEK = (timedelta(**{name: 1}) for name in ("minutes", "hours", "days", "weeks"))
COUNT = 60_000  # of thirty days
Reports = list[ClientReport]


class Stored:
    """A store in memory that can be away."""

    def __init__(self) -> None:
        self.reports: Reports = []
        self.is_away = False

    def insert(self, reports: Reports) -> None:
        if self.is_away:
            raise DatabaseAway("away")
        self.reports += reports


def drawn(until: datetime = END, count: int = COUNT) -> DrawnReports:
    return DrawnReports(until, count, 7, any_country)


FEW = drawn(count=4000)
FULL = drawn(count=REPORTS)
minutes = st.integers(-20 * 60, 20 * 60).map(lambda number: END + number * MINUTE)


@settings(max_examples=10, deadline=None)
@given(cuts=st.tuples(minutes, minutes, minutes).map(sorted))
def test_cutting_the_time_anywhere_gives_the_same_reports(cuts: list[datetime]) -> None:
    first, middle, last = cuts
    parts = [*FEW.between(first, middle), *FEW.between(middle, last)]
    assert parts == [*FEW.between(first, last)]
    assert all(first <= report.period_end < last for report in parts)


def test_sessions_of_the_history_go_on_in_what_is_stored_live_from_its_end() -> None:
    live = [*FULL.between(END, END + HOUR)]
    again = drawn(END + HOUR / 2, REPORTS).between(END + HOUR / 2, END + HOUR)
    assert [*again] == [report for report in live if report.period_end >= END + HOUR / 2]
    last = {report.session_id for report in FULL.between(END - MINUTE, END)}
    assert len(last & {report.session_id for report in live}) > len(last) / 2


@pytest.fixture(scope="module")
def weeks() -> tuple[Reports, Reports]:
    """The week before the end, without what incidents did, and the week that is stored live."""
    reports = [*drawn().between(END - WEEK, END + WEEK)]
    month = END - timedelta(days=DAYS)
    restart = incidents(month, END)["restart"]  # WebKit reads its code as 1006
    first, last = (month + timedelta(seconds=at) for at in (restart.start, restart.end))
    usual = [r for r in reports if not first <= r.period_end < last and r.errors < 5]
    return (
        [r for r in usual if r.period_end < END],
        [r for r in usual if r.period_end >= END],
    )


def summed(name: str) -> Callable[[Reports], float]:
    def values(report: ClientReport) -> float:
        value = getattr(report, name)
        return sum(value) if isinstance(value, tuple) else value or 0

    return lambda reports: sum(map(values, reports))


def ratio(part: str, total: str) -> Callable[[Reports], float]:
    return lambda reports: summed(part)(reports) / summed(total)(reports)


def per_report(part: str) -> Callable[[Reports], float]:
    return lambda reports: summed(part)(reports) / len(reports)


FIGURES: dict[str, tuple[Callable[[Reports], float], float]] = {
    "reports": (len, 0.12),
    "sessions": (lambda rows: len({r.session_id for r in rows}), 0.12),
    "drops": (per_report("drops"), 0.4),
    "recovery": (ratio("recovery_ms", "reconnect_successes"), 0.3),
    "round trip": (ratio("latency_sum_us", "latency_counts"), 0.1),
    "handshake": (ratio("setup_sum_us", "opened"), 0.1),
    "reply": (ratio("reply_sum_us", "reply_counts"), 0.1),
    "messages sent": (per_report("sent"), 0.02),
    "messages received": (per_report("received"), 0.02),
    "interactions": (per_report("interactions"), 0.02),
    "time open": (per_report("open_ms"), 0.01),
}


@pytest.mark.parametrize("figure", FIGURES)
def test_a_live_week_is_like_the_last_week_of_the_history(
    weeks: tuple[Reports, Reports], figure: str
) -> None:
    measure, tolerance = FIGURES[figure]
    before, after = map(measure, weeks)
    assert after == pytest.approx(before, rel=tolerance)


def test_each_hour_of_the_day_has_its_rate(weeks: tuple[Reports, Reports]) -> None:
    before, after = (Counter(r.period_end.hour for r in week) for week in weeks)
    for hour in range(24):
        spread = 5 * (9 * (before[hour] + after[hour])) ** 0.5  # reports come in sessions of nine
        assert abs(after[hour] - before[hour]) < spread, hour


@pytest.mark.parametrize(
    "dimension", ["app", "browser", "os", "release", "page", "effective_type", "network_type"]
)
def test_its_values_have_the_shares_they_had(
    weeks: tuple[Reports, Reports], dimension: str
) -> None:
    before, after = (
        Counter({r.session_id: getattr(r, dimension) for r in week}.values()) for week in weeks
    )
    for value in before.keys() | after.keys():
        share = before[value] / before.total()
        assert after[value] / after.total() == pytest.approx(share, abs=0.05), value


def test_no_minute_of_day_or_night_is_without_a_report() -> None:
    begin = END - 26 * HOUR  # over two midnights, from a Sunday on
    reports = FULL.between(begin, END + 13 * HOUR)
    screens = {(r.period_end - begin) // MINUTE for r in reports if r.app == "kiosk"}
    assert screens == {*range(39 * 60)}


def test_reports_that_are_due_while_the_database_is_away_are_stored_later() -> None:
    store = Stored()
    due = DueReports(store, FULL.between(END, END + DAY))
    store.is_away = True
    due.step(END + HOUR / 2)
    assert store.reports == []
    store.is_away = False
    due.step(END + HOUR / 2)
    ends = [report.period_end for report in store.reports]
    assert ends
    assert ends == sorted(ends)
    assert END <= ends[0] <= ends[-1] <= END + HOUR / 2
