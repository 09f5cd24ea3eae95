"""How far each source is rolled up: forwards step by step, back when late rows come."""

from collections.abc import Callable
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from models.database.engine import Database
from models.rollups import rollup_state
from tests.support.clock import NOON

HOUR = timedelta(hours=1)
SOURCE = "reports"


def state(database: Database) -> list[datetime | None]:
    readers = (rollup_state.complete_until, rollup_state.by_dimension_from, rollup_state.cube_until)
    with database.transaction() as connection:
        return [read(connection, SOURCE) for read in readers]


def do(database: Database, action: Callable[[Connection], object]) -> object:
    with database.transaction() as connection:
        return action(connection)


def begin(database: Database, at: datetime = NOON) -> None:
    do(database, lambda c: rollup_state.begin(c, SOURCE, at, at - 12 * HOUR))


def test_a_source_begins_once(database: Database) -> None:
    assert state(database) == [None, None, None]
    begin(database)
    begin(database, NOON + 9 * HOUR)
    assert state(database) == [NOON, None, NOON - 12 * HOUR]


def test_an_hour_that_does_not_join_on_moves_nothing(database: Database) -> None:
    begin(database)
    steps = ((NOON, NOON + HOUR), (NOON + 5 * HOUR, NOON + 6 * HOUR), (NOON, NOON + 9 * HOUR))
    with database.transaction() as connection:
        ends = [rollup_state.advance(connection, SOURCE, *step) for step in steps]
    assert ends == [NOON + HOUR] * 3


def test_late_rows_take_back_what_was_complete(database: Database) -> None:
    begin(database)
    do(database, lambda c: rollup_state.advance_by_dimension_from(c, SOURCE, NOON))
    do(database, lambda c: rollup_state.go_back(c, SOURCE, NOON - HOUR, NOON - 24 * HOUR))
    assert state(database) == [NOON - HOUR, None, NOON - 24 * HOUR]
    do(database, lambda c: rollup_state.go_back(c, SOURCE, NOON + HOUR, NOON + HOUR))
    assert state(database) == [NOON - HOUR, None, NOON - 24 * HOUR]


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.integers(-9, 9), min_size=1, max_size=5))
def test_days_of_the_cube_and_minutes_by_dimension_only_advance(
    database: Database, hours: list[int]
) -> None:
    with database.transaction() as connection:
        connection.execute(text("DELETE FROM rollup_state"))
    begin(database)
    for number in hours:
        at = NOON + number * HOUR
        with database.transaction() as connection:
            rollup_state.advance_cube_until(connection, SOURCE, at)
            rollup_state.advance_by_dimension_from(connection, SOURCE, at)
    latest = NOON + max(hours) * HOUR
    assert state(database) == [NOON, latest, max(latest, NOON - 12 * HOUR)]


def test_sources_do_not_move_each_other(database: Database) -> None:
    begin(database)
    do(database, lambda c: rollup_state.begin(c, "samples", NOON, NOON))
    do(database, lambda c: rollup_state.advance(c, "samples", NOON, NOON + HOUR))
    assert state(database)[0] == NOON
