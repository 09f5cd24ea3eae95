"""Samples are stored once with their totals, joined over workers, and shown as they stand now."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from analytics.ranges.timerange import TimeRange
from analytics.reports.reports import Reports
from analytics.reports.server_answers import ServerMetrics
from models.database.engine import Database
from models.metrics.server_catalogue import OWN_SERVICE
from models.raw.sample_insert import ServerSamples, Worker
from models.raw.server_samples import Histogram, ServerSample
from tests.models.raw.test_client_reports import rows

Fields = dict[str, Any]


def the_present() -> datetime:
    """The gauges of now are asked of the database's own clock."""
    return datetime.now(UTC)


def a_sample(at: datetime, **fields: Any) -> ServerSample:
    given: Fields = {
        "sample_id": uuid4(), "period_start": at - timedelta(seconds=5), "period_end": at,
        "received_at": at, "service": OWN_SERVICE, "instance": "one", "app": "portal",
    }  # fmt: skip
    return ServerSample(**(given | fields))


def a_worker(instance: str, pid: int = 1) -> Worker:
    return Worker(instance, "node-a", "namespace", pid, the_present())


def beat(database: Database, *instances: str) -> None:
    for instance in instances:
        ServerSamples(database).beat(a_worker(instance), lambda _: True)


def metrics(database: Database, at: datetime, **chosen: str) -> ServerMetrics:
    window = TimeRange(at - timedelta(hours=1), at + timedelta(seconds=5))
    return Reports(database).metrics(window, **chosen)


def test_a_sample_sent_twice_is_stored_and_totalled_once(database: Database) -> None:
    store, sample = ServerSamples(database), a_sample(the_present(), opened=3)
    assert store.insert([sample, sample]) == {sample.sample_id}
    assert store.insert([sample]) == frozenset()
    assert rows(database, "SELECT count(*) FROM server_samples") == [(1,)]
    assert rows(database, "SELECT value FROM server_totals WHERE name = 'opened'") == [(3.0,)]


def test_totals_grow_with_each_sample(database: Database) -> None:
    store, at = ServerSamples(database), the_present()
    for closed in ({"1000/client": 2}, {"1000/client": 1, "1006/nobody": 1}):
        store.insert([a_sample(at, closed=closed)])
    query = "SELECT label, value FROM server_totals WHERE name = 'closed' ORDER BY label"
    assert rows(database, query) == [("1000/client", 3.0), ("1006/nobody", 1.0)]


def test_a_value_no_row_can_hold_is_named(database: Database) -> None:
    with pytest.raises(ValueError, match="out of range"):
        ServerSamples(database).insert([a_sample(the_present(), opened=2**70)])


def test_now_is_the_sum_over_workers_with_a_fresh_heartbeat(database: Database) -> None:
    at = the_present()
    store = ServerSamples(database)
    store.insert([a_sample(at, instance=name, active=5) for name in ("one", "two", "dead")])
    beat(database, "one", "two")
    found = metrics(database, at)
    assert found.connections.active == 10
    assert sorted(worker.id for worker in found.workers) == ["one", "two"]


def test_the_latest_sample_of_a_worker_is_its_gauge(database: Database) -> None:
    at = the_present()
    earlier = at - timedelta(seconds=5)
    ServerSamples(database).insert([a_sample(earlier, active=9), a_sample(at, active=4)])
    beat(database, "one")
    assert metrics(database, at).connections.active == 4


def test_a_worker_whose_process_is_gone_leaves_no_ghost(database: Database) -> None:
    store, at = ServerSamples(database), the_present()
    store.insert([a_sample(at, instance="gone", active=5)])
    store.beat(a_worker("gone", pid=2), lambda _: True)
    store.beat(a_worker("here", pid=3), lambda pid: pid != 2)
    assert metrics(database, at).connections.active == 0


def test_a_worker_that_ends_is_no_longer_counted(database: Database) -> None:
    beat(database, "one")
    ServerSamples(database).rest(a_worker("one"))
    assert metrics(database, the_present()).workers == []


def test_a_user_on_two_workers_is_one_user(database: Database) -> None:
    at, ann, bob = the_present(), b"ann.....", b"bob....."
    ServerSamples(database).insert(
        [
            a_sample(at, instance="one", user_keys=ann, anonymous=2),
            a_sample(at, instance="two", user_keys=ann + bob),
        ]
    )
    beat(database, "one", "two")
    assert metrics(database, at).connections.unique_users == 4


def test_counts_and_labels_add_up_over_workers(database: Database) -> None:
    at = the_present()
    ServerSamples(database).insert(
        [
            a_sample(at, instance=name, sent=2, received=1, errors={"not-json": 1},
                     by_type={"message": (2, 1)}, rejected={"403": 1},
                     closed={"1006/nobody": 1}, latency=Histogram({100: 2}, 9000))
            for name in ("one", "two")
        ]
    )  # fmt: skip
    found = metrics(database, at)
    assert (found.messages.sent, found.messages.received, found.messages.errors) == (4, 2, 2)
    assert found.messages.errors_by_kind == {"not-json": 2}
    assert found.messages.by_type["message"].sent == 4
    assert (found.connections.closed, found.connections.closed_by) == ({"1006": 2}, {"nobody": 2})
    assert found.connections.rejected == {"403": 2}
    assert found.performance.message_latency_ms.n == 4
    assert found.performance.message_latency_ms.mean == 4.5
    assert (found.series[0].closed, found.series[0].abnormal_closes) == (2, 2)


def test_the_series_weighs_connections_by_time(database: Database) -> None:
    at = the_present().replace(second=30, microsecond=0)
    samples = [
        a_sample(at - timedelta(seconds=5 * ago), instance=name, active=active)
        for ago in range(3)
        for name, active in (("one", 3), ("two", 4))
    ]
    ServerSamples(database).insert(samples)
    assert {point.active for point in metrics(database, at).series} == {7.0}


def test_an_app_is_chosen_without_losing_the_workers(database: Database) -> None:
    at = the_present()
    ServerSamples(database).insert(
        [
            a_sample(at, app="portal", active=1, opened=1),
            a_sample(at, app="kiosk", active=2, opened=2),
            a_sample(at, app=None, memory_bytes=2**20, cpu_ms=500),
        ]
    )
    beat(database, "one")
    found = metrics(database, at, app="kiosk")
    assert (found.connections.active, found.connections.opened) == (2, 2)
    assert (found.workers[0].active, found.workers[0].memory_bytes) == (3, 2**20)
    assert found.workers[0].cpu == 0.1
    assert [source.app for source in found.sources] == ["kiosk", "portal"]


def test_another_service_stands_beside_ours(database: Database) -> None:
    at = the_present()
    ServerSamples(database).insert([a_sample(at, service="chat", instance="host:1", active=6)])
    found = metrics(database, at, service="chat")
    assert found.connections.active == 6
    assert [(worker.service, worker.node) for worker in found.workers] == [("chat", "host")]


def test_what_another_service_last_said_fades(database: Database) -> None:
    ServerSamples(database).insert(
        [a_sample(the_present() - timedelta(seconds=40), service="chat", active=6)]
    )
    assert metrics(database, the_present()).connections.active == 0


def test_rooms_add_members_and_messages_over_workers(database: Database) -> None:
    at = the_present()
    ServerSamples(database).insert(
        [
            a_sample(at, instance="one", rooms=1, members=2, top_rooms=[("hall", 2, 5)]),
            a_sample(at, instance="two", rooms=0, members=1, top_rooms=[("hall", 1, 3)]),
        ]
    )
    beat(database, "one", "two")
    rooms = metrics(database, at).rooms
    assert (rooms.active, rooms.members) == (1, 3)
    assert [(room.room, room.members, room.messages) for room in rooms.top] == [("hall", 3, 8)]


def test_silent_workers_are_forgotten(database: Database) -> None:
    beat(database, "one")
    with database.transaction() as connection:
        connection.execute(text("UPDATE server_workers SET heartbeat_at = now() - interval '2d'"))
    ServerSamples(database).forget(the_present() - timedelta(days=1))
    assert rows(database, "SELECT * FROM server_workers") == []
