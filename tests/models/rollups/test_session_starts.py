"""Sessions by the hour of their first report, and by its minute."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from models.database.engine import Database
from models.raw.report_insert import ClientReports
from models.rollups import session_starts
from tests.support.clock import NOON
from tests.support.store.postgres import rows
from tests.support.store.report_factory import report

HOUR = timedelta(hours=1)
CELL = text(
    "INSERT INTO session_hours (dimension, value, t, app, started, abnormal, started_by_minute) "
    "VALUES (:dimension, :value, :t, 'portal', :started, 1, CAST(:minutes AS integer[]))"
)


def store(database: Database, *sessions: dict[str, Any]) -> None:
    """A report of each session; `at` is in minutes after noon."""
    ClientReports(database).insert(
        [
            report(
                session_id=UUID(int=number + 1),
                period_end=NOON + timedelta(minutes=values.pop("at", 0)), **values,
            )
            for number, values in enumerate(sessions)
        ]
    )  # fmt: skip


def cell(
    database: Database, t: datetime, started: int = 2, value: str = "", *, counted: bool = True
) -> None:
    values = {"dimension": value and "country", "value": value, "t": t, "started": started}
    with database.transaction() as connection:
        connection.execute(CELL, values | {"minutes": "{1}" if counted else None})


def test_a_session_starts_in_the_hour_of_its_first_report(database: Database) -> None:
    store(database, {"at": 59, "country": "BR"}, {"at": 60}, {"at": 5, "abnormal_closes": 2})
    with database.transaction() as connection:
        starts = session_starts.starts(connection, NOON, NOON + HOUR)
    of_hour = [(s["dimension"], s["value"], s["started"], s["abnormal"]) for s in starts]
    assert [row for row in of_hour if row[0] in ("", "country")] == [
        ("", "", 2, 1),
        ("country", "BR", 1, 0),
        ("country", "unknown", 1, 1),
    ]


def test_minutes_are_those_of_the_clock(database: Database) -> None:
    store(database, {"at": 0}, {"at": 59.9}, {"at": 59, "abnormal_closes": 1})
    with database.transaction() as connection:
        minutes = session_starts.minutes(connection, NOON, NOON + HOUR)
    counted = sorted((m["minute"], m["started"], m["abnormal"]) for m in minutes)
    assert counted == [(0, 1, 0), (59, 2, 1)]
    assert {(m["app"], m["t"]) for m in minutes} == {("portal", NOON)}


def test_an_hour_is_counted_unless_it_is_dirty_or_from_before(database: Database) -> None:
    cell(database, NOON)
    cell(database, NOON + HOUR, counted=False)
    cell(database, NOON + 2 * HOUR)
    store(database, {"at": 121})  # marks its minute
    with database.transaction() as connection:
        hours = session_starts.counted_hours(connection, NOON, NOON + 4 * HOUR)
    assert hours == [NOON, NOON + 3 * HOUR]  # an hour without a cell had no session


def test_hours_add_up_to_their_day_and_again_to_the_same(database: Database) -> None:
    day = NOON - 12 * HOUR
    for t, value in ((day, ""), (NOON, ""), (NOON, "BR"), (day + 24 * HOUR, "")):
        cell(database, t, 3, value)
    for _ in range(2):
        with database.transaction() as connection:
            session_starts.add_up_day(connection, day, day + 24 * HOUR)
    query = "SELECT dimension, value, t, started, abnormal FROM session_days ORDER BY 1"
    assert rows(database, query) == [("", "", day, 6, 2), ("country", "BR", day, 3, 1)]
