"""Catching up rolls up everything that there is, tells each round, and then has nothing left."""

from datetime import timedelta
from itertools import count

import pytest

from analytics.ranges.timerange import Filters
from analytics.rollups import rollup_round
from analytics.rollups.catch_up import catch_up
from models.database.engine import Database
from models.raw.client_reports import ClientReport
from models.raw.sample_insert import ServerSamples
from tests.support.clock import NOON
from tests.support.store.postgres import rows
from tests.support.store.report_factory import report
from tests.support.store.rollup_truth import DAYS, RETENTION, assert_matches_reports, store
from tests.support.store.sample_factory import sample


def of_thirty_hours() -> list[ClientReport]:
    """A report of every third hour before noon, half of them of Brazil."""
    return [
        report((20.0 * hour,), period_end=NOON - timedelta(hours=hour), attempts=hour, opened=1,
               sample_rate=0.5, country="BR" if hour % 2 else "DE")
        for hour in range(1, 31, 3)
    ]  # fmt: skip


def caught_up(database: Database) -> list[str]:
    """The log of catching up at noon."""
    log: list[str] = []
    catch_up(database, NOON, RETENTION, log.append)
    return log


def test_without_data_there_is_nothing_to_tell(database: Database) -> None:
    assert caught_up(database) == []


def test_both_sources_are_rolled_up_and_once(database: Database) -> None:
    store(database, *of_thirty_hours())
    hours = (2, 15, 29)
    ServerSamples(database).insert(
        [sample(opened=2, period_end=NOON - timedelta(hours=hour)) for hour in hours]
    )
    log = caught_up(database)
    assert {line.partition(":")[0] for line in log} == {"samples", "reports"}
    assert rows(database, "SELECT sum(opened) FROM server_hours") == [(6,)]
    assert_matches_reports(database, DAYS, Filters())
    assert caught_up(database) == []


def test_interrupted_rounds_are_followed_until_all_is_done(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = count(0, 1)  # a round has time for seven hours
    monkeypatch.setattr(rollup_round, "monotonic", lambda: next(ticks))
    store(database, *of_thirty_hours())
    assert len(caught_up(database)) > 3
    assert_matches_reports(database, DAYS, Filters())


def test_a_late_report_is_caught_up_with(database: Database) -> None:
    store(database, *of_thirty_hours())
    caught_up(database)
    store(database, report((40.0,), period_end=NOON - timedelta(hours=20), country="BR"))
    assert caught_up(database)
    for filters in (Filters(), Filters(country="BR")):
        assert_matches_reports(database, DAYS, filters)
