"""The reader of correlations: which range and filters it reads, and what it remembers."""

from datetime import timedelta

import pytest

from analytics.correlation.results import Correlations
from analytics.correlation.service import reports
from analytics.correlation.service.recent import FRESH_SECONDS, MOST, Recent
from analytics.correlation.service.reports import CorrelationReports
from analytics.ranges.timerange import Filters, TimeRange
from models.database.engine import Database
from tests.support.clock import NOON
from tests.support.pages.correlation_figures import correlations

DAY = timedelta(days=1)
WINDOW = TimeRange(NOON - DAY, NOON)


def test_a_session_is_filtered_by_its_own_dimensions() -> None:
    filters = Filters(app="portal", browser="Firefox", page="/basket", automated="only")
    assert reports.filter_values(filters) == {"app": ("portal",), "browser": ("Firefox",)}


def test_a_long_range_is_aligned_and_a_short_range_is_not() -> None:
    odd = TimeRange(NOON - DAY + timedelta(seconds=61), NOON + timedelta(minutes=4, seconds=59))
    assert reports.aligned(odd) == WINDOW
    short = TimeRange(NOON - timedelta(minutes=7), NOON)
    assert reports.aligned(short) == short


def test_an_empty_store_is_read_in_the_zone_of_its_app_and_refused(database: Database) -> None:
    ran = []

    def run(task: reports.Task) -> Correlations:
        ran.append(task)
        return task()

    reader = CorrelationReports(database, [("portal", "Europe/Berlin")], run)
    result = reader.read(WINDOW, Filters(app="portal"))
    assert (result.zone, result.sessions, len(ran)) == ("Europe/Berlin", 0, 1)
    assert not any(pair.over_time.enough_data for pair in result.pairs)


def test_a_page_that_asks_again_is_answered_from_memory(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[tuple[object, ...]] = []

    def read(_self: object, *question: object) -> Correlations:
        reads.append(question)
        return correlations()

    monkeypatch.setattr(CorrelationReports, "read", read)
    reader = CorrelationReports(database)
    later = TimeRange(WINDOW.start + timedelta(seconds=9), WINDOW.end + timedelta(seconds=9))
    first = reader.recent(WINDOW, Filters())
    assert reader.recent(later, Filters()) is first
    reader.recent(later, Filters(app="portal"))
    reader.recent(later, Filters(), "drops_per_hour~inp_ms")
    assert len(reads) == 3


def test_results_are_forgotten_when_they_are_old_or_many() -> None:
    now = [0.0]
    recent: Recent[str] = Recent(lambda: now[0])
    assert recent.get("a") is None
    assert recent.put("a", "first") == "first"
    now[0] = FRESH_SECONDS - 1
    assert recent.get("a") == "first"
    now[0] = FRESH_SECONDS
    assert recent.get("a") is None
    for number in range(MOST + 1):
        recent.put(number, str(number))
    assert [recent.get(number) for number in (0, 1, MOST)] == [None, "1", str(MOST)]
