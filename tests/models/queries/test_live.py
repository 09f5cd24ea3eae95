"""How servers stand: rooms of a range, the last minute of the database, running totals."""

from datetime import UTC, datetime, timedelta
from typing import Any

from models.database.engine import Database
from models.metrics.grid import Grid
from models.metrics.intervals import ReadPlan
from models.queries import live
from models.queries import snapshot as snapshots
from models.queries.live import LiveQueries
from models.queries.selection import SERVER, Selection
from models.queries.snapshot import snapshot
from models.raw.sample_insert import ServerSamples
from tests.support.clock import NOON
from tests.support.store.sample_factory import sample

START = NOON - timedelta(hours=1)
RANGE = Selection(family=SERVER, grid=Grid((START, NOON)), pieces=ReadPlan(raw=[(START, NOON)]))


def store(database: Database, *samples: dict[str, Any]) -> None:
    ServerSamples(database).insert([sample(**fields) for fields in samples])


def test_rooms_of_the_same_name_are_counted_by_app(database: Database) -> None:
    hall, at = ("hall", 3, 5), START + timedelta(minutes=1)
    store(
        database,
        {"period_end": at, "app": "kiosk", "top_rooms": [hall]},
        {"period_end": at, "top_rooms": [hall]},
        {"period_end": at, "top_rooms": [hall, ("<b>", 1, 1)]},
        {"period_end": NOON, "top_rooms": [hall]},
    )
    with snapshot(database) as connection:
        rooms = LiveQueries(connection, snapshots.now(connection)).rooms(RANGE)
    counted = [(row["app"], row["room"], row["members"], row["messages"]) for row in rooms]
    # Nobody is there now: these samples are not of the last minutes.
    assert counted == [("portal", "hall", 0, 10), ("kiosk", "hall", 0, 5), ("portal", "<b>", 0, 1)]


def test_the_last_minute_and_live_workers_are_those_of_the_database(database: Database) -> None:
    now = datetime.now(UTC)
    for seconds, app in ((5, "portal"), (5, "kiosk"), (90, "portal")):
        end = now - timedelta(seconds=seconds)
        store(database, {"period_end": end, "opened": 3, "app": app, "service": "chat"})
    with snapshot(database) as connection:
        at = snapshots.now(connection)
        everywhere, kiosk = LiveQueries(connection, at), LiveQueries(connection, at, app="kiosk")
        opened = [each.opened_last_minute() for each in (everywhere, kiosk)]
        latest = {row["app"] for row in everywhere.now()}
        workers = everywhere.workers()
    assert (opened, latest, workers) == ([6, 3], {"portal", "kiosk"}, [])


def test_totals_are_listed_by_service_app_and_label(database: Database) -> None:
    store(database, {"opened": 3, "closed": {"1006/nobody": 2}}, {"app": None, "cpu_ms": 7})
    with snapshot(database) as connection:
        counted = {
            (row["app"], row["name"], row["label"]): row["value"] for row in live.totals(connection)
        }
    assert counted == {
        ("portal", "opened", ""): 3, ("portal", "closed", "1006/nobody"): 2, ("", "cpu_ms", ""): 7,
    }  # fmt: skip
