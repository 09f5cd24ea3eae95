"""Suspect rows are tried on a table that hides the real one; what leaves is stored exactly."""

from datetime import timedelta

from sqlalchemy import text

from models.database.engine import Database
from models.raw import quarantined_rows
from models.raw.report_insert import ClientReports
from tests.support.clock import NOON
from tests.support.store.postgres import rows
from tests.support.store.report_factory import report

HOUR = (NOON - timedelta(hours=1), NOON)
ALL = "SELECT to_jsonb(r) FROM client_reports AS r ORDER BY period_end"


def test_a_row_that_leaves_can_be_put_in_again(database: Database) -> None:
    ends = [NOON - timedelta(minutes=5 - n) for n in range(4)]
    ClientReports(database).insert([report((3.5, 80.0), period_end=end) for end in ends])
    before = rows(database, ALL)
    with quarantined_rows.suspects(database, "client_reports", HOUR) as suspects:
        assert suspects.rows == 4
        with suspects.alone(until=3, without=[2]) as inner, inner.transaction() as connection:
            hidden = connection.execute(text("SELECT period_end FROM client_reports")).scalars()
            assert sorted(hidden) == [ends[0], ends[2]]
        assert suspects.move({2: "too odd"}) == 1
    assert rows(database, ALL) == [*before[:1], *before[2:]]
    (listed,) = quarantined_rows.listed(database)
    assert (listed.source, listed.period_end, listed.reason) == (
        "client_reports", ends[1], "too odd",
    )  # fmt: skip
    with database.transaction() as connection:
        connection.execute(
            text(
                "INSERT INTO client_reports SELECT (jsonb_populate_record("
                "NULL::client_reports, data)).* FROM quarantined_rows"
            )
        )
    assert rows(database, ALL) == before


def test_old_ones_are_forgotten(database: Database) -> None:
    ClientReports(database).insert([report()])
    with quarantined_rows.suspects(database, "client_reports", HOUR) as suspects:
        suspects.move({1: "odd"})
    (listed,) = quarantined_rows.listed(database)
    quarantined_rows.forget(database, listed.set_aside_at)
    assert len(quarantined_rows.listed(database)) == 1
    quarantined_rows.forget(database, listed.set_aside_at + timedelta(seconds=1))
    assert quarantined_rows.listed(database) == []
