"""Moments are read by value from cells of days, and session by session from rows."""

from datetime import timedelta
from uuid import UUID

from models.database.engine import Database
from models.metrics.grid import Grid
from models.metrics.intervals import ReadPlan
from models.queries import moments
from models.queries.selection import CLIENT, MOMENTS, Selection
from models.rollups import rollup_store
from models.rollups.moments.session_moments import client_moment_days
from tests.support.clock import NOON
from tests.support.store.report_factory import report
from tests.support.store.rollup_truth import store

DAY = timedelta(days=1)
TODAY = NOON - timedelta(hours=12)


def cell(value: str, days: int, blob: bytes, app: str = "portal") -> dict[str, object]:
    dimension = "country" if value else ""
    return {
        "dimension": dimension, "value": value, "t": TODAY - DAY * days, "app": app,
        "sessions": 1, "moments": blob,
    }  # fmt: skip


def test_days_are_concatenated_and_rows_are_by_session(database: Database) -> None:
    cells = [cell("", 1, b"all"), cell("BR", 1, b"one"), cell("BR", 2, b"two"), cell("DE", 9, b"x")]
    ids = [UUID(int=number) for number in (1, 1, 2)]
    store(database, *(report(session_id=each, country="BR", drops=3) for each in ids))
    days = Selection(
        family=MOMENTS, grid=Grid((TODAY - DAY * 3, NOON)), group_by=("country",),
        pieces=ReadPlan(days=[(TODAY - DAY * 3, TODAY)]),
    )  # fmt: skip
    rows = Selection(
        family=CLIENT, grid=days.grid, group_by=("country",),
        pieces=ReadPlan(raw=[(TODAY, NOON)]), filters={"country": ("BR", "DE")},
    )  # fmt: skip
    with database.transaction() as connection:
        rollup_store.upsert(connection, client_moment_days, cells)
        assert moments.days_with_moments(connection, TODAY - DAY * 3, NOON) == [TODAY - DAY]
        ((value, joined),) = moments.of_days(connection, days)
        by_session = moments.of_rows(connection, rows)
    assert (value, sorted([bytes(joined)[:3], bytes(joined)[3:]])) == ("BR", [b"one", b"two"])
    assert [(row[0], row[1], row[4]) for row in by_session] == [
        (ids[0], "BR", 6),
        (ids[2], "BR", 3),
    ]
