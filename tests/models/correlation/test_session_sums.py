"""What is due, and the sums over the reports of sessions."""

from datetime import timedelta
from uuid import UUID

from models.correlation import session_sums
from models.database.engine import Database
from models.queries.snapshot import snapshot
from models.raw.report_insert import ClientReports
from tests.support.clock import NOON
from tests.support.store.report_factory import report

HOUR = timedelta(hours=1)


def test_sessions_are_due_the_latest_first_and_in_portions(database: Database) -> None:
    ClientReports(database).insert(
        [report(session_id=UUID(int=age), period_end=NOON - age * HOUR) for age in range(5)]
    )
    with snapshot(database) as connection:
        due = session_sums.due(connection, NOON, NOON - HOUR, 2)
        assert [each.session_id.int for each in due] == [2, 3]
        assert session_sums.summarized(connection, UUID(int=0), 9) == []


def test_the_value_of_most_reports_is_that_of_the_session(database: Database) -> None:
    session = UUID(int=7)
    values = ["DE", "BR", None, "BR", None, None]
    ClientReports(database).insert(
        [
            report(
                session_id=session, country=country, period_end=NOON - number * HOUR,
                drops=number, browser="Firefox 143" if number % 2 else "Chrome 141",
            )
            for number, country in enumerate(values)
        ]
    )  # fmt: skip
    with snapshot(database) as connection:
        (stored,) = session_sums.due(connection, NOON + HOUR, NOON + HOUR, 9)
        (row,) = session_sums.sums(connection, [stored])
        starts = [row["started_at"]]
        ages = session_sums.by_age(connection, [stored], starts, 7200)
    assert (row["country"], row["browser"], row["release"]) == ("BR", "Chrome 141", "unknown")
    assert (row["reports"], row["drops"], row["dropped_at"]) == (6, 15, NOON - 5 * HOUR)
    first = [(each[0], each[1], each[2], each[5]) for each in ages]
    assert first == [(session, 0, 15_000, 5), (session, 3_600_000, 3_615_000, 4)]
