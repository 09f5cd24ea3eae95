"""When load tests ran: by the samples of their app, of cells and of what is in none yet."""

from datetime import UTC, datetime, timedelta

from analytics.rollups import server_rollup
from analytics.rollups.server_aggregator import ServerAggregator
from models.database.engine import Database
from models.queries import load_test_windows
from models.queries.snapshot import snapshot
from models.raw.sample_insert import ServerSamples
from tests.support.store.sample_factory import a_sample

MINUTE = timedelta(minutes=1)


def test_windows_are_those_with_connections_of_load_tests(database: Database) -> None:
    now = datetime.now(UTC)
    hour = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=3)
    ServerSamples(database).insert([
        a_sample(hour + MINUTE * 5.5, app="load-test", opened=7),
        a_sample(hour + MINUTE * 6.5, app="load-test", active=7),
        a_sample(hour + MINUTE * 7.5, app="load-test"),
        a_sample(hour + MINUTE * 9.5, app="portal", active=7),
        a_sample(hour + MINUTE * 9.6, app="probe", active=1),
    ])  # fmt: skip
    server_rollup.run(ServerAggregator(database, lambda _: None), now, timedelta(days=30))
    ServerSamples(database).insert([
        a_sample(now - timedelta(seconds=9), app="load-test", active=3),
        a_sample(now - timedelta(seconds=4), app="load-test", active=3),
    ])  # fmt: skip
    with snapshot(database) as connection:
        past, running = load_test_windows.between(connection, hour, now)
        latest = load_test_windows.latest(connection, hour, now)
        ended = load_test_windows.latest(connection, hour, hour + timedelta(hours=1))
        none = load_test_windows.latest(connection, hour - MINUTE * 9, hour)
    assert past == (hour + 5 * MINUTE, hour + 7 * MINUTE)
    assert running[0] == now - timedelta(seconds=14)
    assert latest is not None
    assert latest.is_running
    assert ended is not None
    assert not ended.is_running
    assert none is None
