"""Sessions for alert rules: by their last report within a window, in the past by their start."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from models.database.engine import Database
from models.queries.alert_sessions import session_rows, session_start_rows
from models.queries.alert_windows import WindowQuery, WindowRows
from models.raw.report_insert import ClientReports
from tests.models.queries.rolled_up import roll_up
from tests.support.clock import NOON
from tests.support.store.report_factory import report

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
BOTH = ("sessions", "calm_sessions")
Report = tuple[int, float, dict[str, Any]]  # session, minutes after the start


def query(**fields: Any) -> WindowQuery:
    defaults: dict[str, Any] = {
        "dimensions": (), "sums": BOTH, "durations": (), "start": NOON, "end": NOON + 3 * MINUTE,
        "step": MINUTE,
    }  # fmt: skip
    return WindowQuery("client", **defaults | fields)


def store(database: Database, *reports: Report) -> None:
    ClientReports(database).insert(
        [
            report(session_id=UUID(int=session), period_end=NOON + at * MINUTE, **values)
            for session, at, values in reports
        ]
    )


def read(database: Database, windows: WindowQuery) -> WindowRows:
    with database.transaction() as connection:
        return session_rows(connection, windows)


def test_a_session_counts_once_in_the_step_of_its_last_report(database: Database) -> None:
    store(database, (1, 0, {}), (1, 1, {}), (1, 2, {}), (2, 0, {}), (3, 3, {}))
    counted = read(database, query())
    assert sorted(map(tuple, counted.rows)) == [(0, 1.0, 1, 1), (2, 1.0, 1, 1)]
    assert counted.latest == NOON + 2 * MINUTE


def test_an_abnormal_close_counts_in_its_own_step(database: Database) -> None:
    store(database, (1, 0, {"abnormal_closes": 2}), (1, 2, {}), (2, 2, {"abnormal_closes": 1}))
    counted = read(database, query()).rows
    assert sorted(map(tuple, counted)) == [(0, 1.0, 0, -1), (2, 1.0, 2, 1)]
    # Of any number of last steps the sums are right: one of two was calm in the last, none in all.
    assert [sum(row[3] for row in counted if row[0] >= first) for first in (2, 0)] == [1, 0]


def test_values_are_counted_apart_and_the_largest_stay(database: Database) -> None:
    store(database, (1, 0, {"country": "BR"}), (2, 1, {"country": "BR"}), (3, 1, {}))
    counted = read(database, query(dimensions=("country",)))
    assert sorted(tuple(row[2:4]) for row in counted.rows) == [("BR", 1), ("BR", 1), ("unknown", 1)]
    largest = read(database, query(dimensions=("country",), most=1))
    assert {row[2] for row in largest.rows} == {"BR"}


def test_nothing_has_no_latest(database: Database) -> None:
    assert read(database, query()) == WindowRows([], None)


def test_starts_are_the_same_from_cells_and_from_sessions(database: Database) -> None:
    hours = query(end=NOON + 3 * HOUR, step=HOUR, dimensions=("country",))
    store(
        database,
        (1, 0, {"country": "BR"}), (1, 70, {"country": "BR", "abnormal_closes": 1}),
        (2, 61, {"country": "BR"}), (3, 125, {}), (4, -1, {}), (5, 180, {}),
    )  # fmt: skip
    roll_up(database, NOON + 5 * HOUR)
    with database.transaction() as connection:
        ends = (None, NOON + HOUR, NOON + 9 * HOUR)
        counted = [sorted(session_start_rows(connection, hours, end)) for end in ends]
    assert counted[0] == [(0, 1.0, "BR", 1, 0), (1, 1.0, "BR", 1, 1), (2, 1.0, "unknown", 1, 1)]
    assert counted[1:] == counted[:1] * 2


def test_several_dimensions_are_read_from_sessions_alone(database: Database) -> None:
    store(database, (1, 0, {"country": "BR", "page": "/a"}), (2, 1, {"country": "BR"}))
    windows = query(dimensions=("country", "page"), step=HOUR, end=NOON + HOUR)
    with database.transaction() as connection:
        counted = session_start_rows(connection, windows, NOON + 9 * HOUR)
    assert sorted(row[2:4] for row in counted) == [("BR", "/a"), ("BR", "unknown")]
