"""Where connections of load tests are, by worker."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from models.database.engine import Database
from models.operations import load_test_workers
from models.queries.snapshot import snapshot
from models.raw.sample_insert import ServerSamples
from tests.support.store.sample_factory import a_sample

WORKER = text(
    "INSERT INTO server_workers VALUES (:name, 'node-a', 'x', 1, :at, :at)"
)  # instance, node, namespace, pid, started_at, heartbeat_at


def test_workers_are_measured_after_an_instant(database: Database) -> None:
    now = datetime.now(UTC)
    since = now - timedelta(seconds=4)
    with database.transaction() as connection:
        for name in ("one", "two"):
            connection.execute(WORKER, {"name": name, "at": now})
    ServerSamples(database).insert([
        a_sample(now - timedelta(seconds=1), instance="one", app="load-test", active=7),
        a_sample(now - timedelta(seconds=1), instance="one", app=None, descriptors=30),
        a_sample(now - timedelta(seconds=9), instance="two", app=None, descriptors=20),
    ])  # fmt: skip
    with snapshot(database) as connection:
        first, second = load_test_workers.workers(connection, since)
        ours, busy, most = load_test_workers.database_connections(connection)
    assert (first.active, first.descriptors, first.node) == (7, 30, "node-a")
    assert (second.active, second.measured_at) == (0, None)
    assert 1 <= busy <= ours + 1 <= most
