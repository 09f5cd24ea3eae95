"""A few rows that work fails of are set aside; work that is at fault itself moves nothing."""

import random
from collections.abc import Callable, Collection
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from analytics.quarantine.quarantine import MOST, at_fault, isolate
from models.database.engine import Database, DatabaseAway
from models.raw import quarantined_rows
from models.raw.report_insert import ClientReports
from tests.support.clock import NOON
from tests.support.store.postgres import rows
from tests.support.store.report_factory import report

HOUR = (NOON - timedelta(hours=1), NOON)


def confirmed(_connection: object) -> None:
    """The lease is not lost."""


def stored(database: Database, odd: set[int], count: int = 40) -> None:
    """Reports a second apart, those with the numbers of `odd` with pings a job fails of."""
    ClientReports(database).insert(
        [
            report(period_end=NOON - timedelta(seconds=1 + n // 4), custom={"n": float(n)})
            for n in range(count)
        ]
    )
    with database.transaction() as connection:
        connection.execute(
            text("UPDATE client_reports SET app = 'odd' WHERE (custom->>'n')::float = ANY(:odd)"),
            {"odd": list(odd)},
        )


def failing(database: Database) -> None:
    """Work that fails of the rows of the app `odd`, as of those of two apps `half` together."""
    apps = [app for (app,) in rows(database, "SELECT app FROM client_reports")]
    if "odd" in apps or apps.count("half") > 1:
        raise ValueError("this row cannot be read")


@pytest.mark.parametrize("odd", [{0}, {39}, {7, 8, 22}, set(range(MOST))])
def test_the_rows_at_fault_are_set_aside_and_no_other(database: Database, odd: set[int]) -> None:
    stored(database, odd)
    assert isolate(database, "client_reports", HOUR, failing, confirmed) == len(odd)
    left = rows(database, "SELECT DISTINCT app FROM client_reports")
    assert left == [("portal",)]
    listed = quarantined_rows.listed(database)
    assert {each.reason for each in listed} == {"ValueError: this row cannot be read"}
    assert {each.source for each in listed} == {"client_reports"}
    numbers = rows(database, "SELECT (data->'custom'->>'n')::float FROM quarantined_rows")
    assert {number for (number,) in numbers} == odd
    assert isolate(database, "client_reports", HOUR, failing, confirmed) == 0


def test_of_two_that_fail_together_the_later_leaves(database: Database) -> None:
    stored(database, set())
    with database.transaction() as connection:
        connection.execute(
            text("UPDATE client_reports SET app = 'half' WHERE (custom->>'n')::float IN (3, 30)")
        )
    assert isolate(database, "client_reports", HOUR, failing, confirmed) == 1
    assert rows(database, "SELECT data->'custom'->>'n' FROM quarantined_rows") == [("3.0",)]


def of_all(_database: Database) -> None:
    raise ValueError("a fault of the program")


def of_the_store(_database: Database) -> None:
    raise DatabaseAway("it stopped")


@pytest.mark.parametrize(
    ("work", "fault"), [(of_all, ValueError), (failing, ValueError), (of_the_store, DatabaseAway)]
)
def test_what_is_no_fault_of_a_few_rows_moves_nothing(
    database: Database, work: Callable[[Database], None], fault: type[Exception]
) -> None:
    stored(database, set(range(MOST + 1)))
    with pytest.raises(fault):
        isolate(database, "client_reports", HOUR, work, confirmed)
    assert rows(database, "SELECT count(*) FROM client_reports") == [(40,)]
    assert quarantined_rows.listed(database) == []


def test_what_the_work_writes_is_undone_and_writers_go_on(database: Database) -> None:
    stored(database, {5})

    def work(inner: Database) -> None:
        with inner.transaction() as connection:
            connection.execute(text("DELETE FROM sessions"))
        ClientReports(database).insert([report(period_end=NOON - timedelta(seconds=3))])
        failing(inner)

    before = rows(database, "SELECT count(*) FROM sessions")
    assert isolate(database, "client_reports", HOUR, work, confirmed) == 1
    assert rows(database, "SELECT count(*) FROM sessions") > before
    marks = rows(database, "SELECT count(*) FROM dirty_minutes WHERE source = 'reports'")
    assert marks > [(1,)]


@given(st.integers(1, 200), st.integers(0, MOST), st.randoms(use_true_random=False))
def test_after_it_the_work_passes(count: int, faults: int, chance: random.Random) -> None:
    odd = set(chance.sample(range(1, count + 1), min(faults, count)))

    def fault(until: int, without: Collection[int]) -> Exception | None:
        left = odd.difference(without)
        return ValueError("odd") if any(number <= until for number in left) else None

    assert set(at_fault(count, fault)) == odd
