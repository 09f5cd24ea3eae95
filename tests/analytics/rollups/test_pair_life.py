"""Pair cells follow the reports: back-filled, remade, and never taken for more than they count."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import text

from analytics.query.read_plan import DAY, floor_to
from analytics.rollups import client_rollup, rollup_round
from analytics.rollups.client_aggregator import ClientAggregator
from analytics.rollups.rebuild import rebuild
from analytics.rollups.watermark import without_lease
from models.database import partitions
from models.database.engine import Database
from models.raw.client_reports import ClientReport
from models.rollups import pair_state
from models.rollups.pair_aggregates import MOST_VALUES
from models.rollups.pair_state import PairDays
from tests.support.clock import NOON
from tests.support.store.pair_truth import expected_cells, stored_cells
from tests.support.store.report_factory import report
from tests.support.store.rollup_truth import RETENTION, cells, roll_up, spread, store

HOUR = timedelta(hours=1)
TODAY = floor_to(NOON, DAY)
FIRST = TODAY - 4 * DAY


def pair_days(database: Database) -> PairDays:
    return ClientAggregator(database, without_lease).pairs.days()


def execute(database: Database, *statements: str) -> None:
    with database.transaction() as connection:
        for statement in statements:
            connection.execute(text(statement))


def assert_cells_of(database: Database, reports: list[ClientReport], since: int, to: int) -> None:
    """Cells exist for these days, counted from today, are not stale, and are of these reports."""
    start, end = TODAY + since * DAY, TODAY + to * DAY
    assert pair_days(database) == PairDays(start, end)
    assert stored_cells(database) == expected_cells(reports, MOST_VALUES, start, end)


@contextmanager
def a_scheduler_before_pairs() -> Iterator[None]:
    """What rolls up meanwhile neither makes pair cells nor marks them."""
    with pytest.MonkeyPatch.context() as before:
        for name in ("mark_stale", "go_back"):
            before.setattr(pair_state, name, lambda *_: None)
        before.setattr(client_rollup, "_build_pairs", lambda *_: 0)
        yield


def test_days_from_before_pairs_are_filled_in_by_rounds_that_have_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = spread(40)
    store(database, *reports)
    with a_scheduler_before_pairs():
        client_rollup.run(ClientAggregator(database, without_lease), NOON, RETENTION)
    assert pair_days(database) == PairDays()
    with monkeypatch.context() as hurried:
        hurried.setattr(rollup_round, "LONGEST_SECONDS", 0)
        client_rollup.run(ClientAggregator(database, without_lease), NOON, RETENTION)
    assert pair_days(database) == PairDays()
    roll_up(database)
    assert_cells_of(database, reports, -4, 0)


def test_late_reports_make_a_day_stale_until_the_next_hour_has_ended(database: Database) -> None:
    reports = spread(40)
    store(database, *reports)
    roll_up(database)
    late = report((40.0,), period_end=NOON - 30 * HOUR, country="BR")
    store(database, late)
    roll_up(database)
    assert pair_days(database) == PairDays(FIRST, TODAY, (TODAY - DAY,))
    roll_up(database, NOON + HOUR + rollup_round.GRACE)
    assert_cells_of(database, [*reports, late], -4, 0)


def test_what_an_older_scheduler_rolled_up_is_noticed(database: Database) -> None:
    reports = spread(40)
    store(database, *reports)
    roll_up(database)
    late = [report(period_end=NOON + at * HOUR) for at in (-30, -3, 20, 30)]
    store(database, *late)
    with a_scheduler_before_pairs():
        client_rollup.run(ClientAggregator(database, without_lease), NOON + 40 * HOUR, RETENTION)
    assert pair_days(database) == PairDays(FIRST, TODAY)
    roll_up(database, NOON + 42 * HOUR)
    assert_cells_of(database, [*reports, *late], -4, 2)


def test_days_loaded_later_are_made_again(database: Database) -> None:
    reports = [report(period_end=NOON - n * HOUR) for n in (0, 70, 100)]
    store(database, *reports)
    roll_up(database)
    loaded = [report(period_end=NOON - n * HOUR, country="BR") for n in (70, 130)]
    store(database, *loaded)
    roll_up(database)
    assert_cells_of(database, [*reports, *loaded], -5, 0)


def test_a_day_whose_rows_are_dropped_keeps_its_cells_and_begins_no_others(
    database: Database,
) -> None:
    reports = [report(period_end=NOON - n * DAY) for n in range(5)]
    store(database, *reports)
    roll_up(database)
    of_reports, of_pairs = cells(database), stored_cells(database)
    partitions.drop_before(database, "client_reports", TODAY.date() - timedelta(days=2))
    store(database, reports[4])  # as if restored
    execute(database, "DELETE FROM dirty_minutes")
    rebuild(database, lambda _: None)
    assert cells(database) == of_reports
    assert stored_cells(database) == of_pairs
    assert not ClientAggregator(database, without_lease).pairs.build(TODAY - 3 * DAY)
    assert stored_cells(database) == of_pairs
    execute(database, "UPDATE rollup_state SET pairs_until = pairs_from + interval '1 day'")
    roll_up(database)
    assert pair_days(database) == PairDays(TODAY - 2 * DAY, TODAY)


def test_restored_days_beside_those_with_pair_cells_get_them_by_a_rebuild(
    database: Database,
) -> None:
    reports = [report(period_end=NOON - n * DAY) for n in range(1, 6)]
    store(database, *reports)
    roll_up(database)
    last = TODAY - DAY
    execute(
        database,
        f"DELETE FROM client_pair_days WHERE t < '{last}'",
        f"UPDATE rollup_state SET pairs_from = '{last}'",
    )
    rebuild(database, lambda _: None)
    assert_cells_of(database, reports, -5, 0)


def test_a_lost_lease_leaves_the_cells(database: Database) -> None:
    store(database, *spread(20))
    roll_up(database)
    before = stored_cells(database)

    def lost(_connection: object) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        ClientAggregator(database, lost).pairs.build(FIRST)
    assert stored_cells(database) == before
