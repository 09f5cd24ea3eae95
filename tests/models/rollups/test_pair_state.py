"""Which days have pair cells: a span that grows at either end, and the stale ones of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from models.database.engine import Database
from models.rollups import pair_state, rollup_state
from models.rollups.pair_state import PairDays
from tests.support.clock import NOON

DAY = timedelta(days=1)
SOURCE = "reports"
DAYS = [NOON - timedelta(hours=12) + n * DAY for n in range(9)]
Step = Callable[[Connection], object]


def after(database: Database, *steps: Step) -> tuple[int | None, int | None, list[int]]:
    """The state after these steps, days as their numbers."""
    with database.transaction() as connection:
        for step in steps:
            step(connection)
        days = pair_state.pair_days(connection, SOURCE)
    start, end = (None if at is None else DAYS.index(at) for at in (days.start, days.end))
    return start, end, [DAYS.index(at) for at in days.stale]


def begin(connection: Connection) -> None:
    rollup_state.begin(connection, SOURCE, NOON, DAYS[0])


def extend(number: int) -> Step:
    return lambda c: pair_state.extend(c, SOURCE, DAYS[number], DAYS[number] + DAY)


def step(function: Callable[..., Any], number: int) -> Step:
    return lambda c: function(c, SOURCE, DAYS[number])


def test_the_span_grows_by_days_that_adjoin_it(database: Database) -> None:
    assert after(database) == (None, None, [])
    assert after(database, begin) == (None, None, [])
    assert after(database, extend(4)) == (4, 5, [])
    assert after(database, extend(5), extend(3), extend(4)) == (3, 6, [])
    assert after(database, extend(8), extend(0)) == (3, 6, [])
    assert after(database, step(pair_state.begin_at, 7)) == (7, 7, [])
    assert after(database, extend(7)) == (7, 8, [])


def test_days_with_cells_alone_become_stale_until_they_are_made_again(database: Database) -> None:
    after(database, begin, step(pair_state.mark_stale, 4), extend(4), extend(5), extend(6))
    stale = [step(pair_state.mark_stale, number) for number in (6, 3, 5, 7, 5)]
    assert after(database, *stale) == (4, 7, [5, 6])
    assert after(database, step(pair_state.drop_marks, 5)) == (4, 7, [5, 6])
    assert after(database, step(pair_state.drop_marks, 6)) == (4, 7, [6])
    assert after(database, step(pair_state.go_back, 6)) == (4, 6, [])
    assert after(database, step(pair_state.go_back, 7)) == (4, 6, [])
    assert after(database, step(pair_state.go_back, 2)) == (2, 2, [])


def test_forgotten_days_leave_the_span(database: Database) -> None:
    after(database, begin, step(pair_state.forget, 4), extend(4), extend(5))
    assert after(database, step(pair_state.forget, 3)) == (4, 6, [])
    assert after(database, step(pair_state.forget, 5)) == (5, 6, [])
    assert after(database, step(pair_state.forget, 8)) == (8, 8, [])


def test_a_day_adjoins_the_span_from_within_or_beside_it() -> None:
    span = PairDays(DAYS[3], DAYS[5])
    adjoining = [n for n, day in enumerate(DAYS) if span.adjoins(day, day + DAY)]
    assert adjoining == [2, 3, 4, 5]
    assert PairDays().adjoins(DAYS[0], DAYS[1])
