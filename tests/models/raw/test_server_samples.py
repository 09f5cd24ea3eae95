"""Samples are stored once with their totals, and read merged over workers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from analytics.ranges.timerange import TimeRange
from analytics.reports.reports import Reports
from analytics.reports.server_answers import ServerMetrics
from models.database.engine import Database
from models.raw import dead_workers
from models.raw.sample_insert import ServerSamples, WorkerIdentity
from models.raw.server_samples import Histogram, key_of
from tests.support.store.postgres import rows
from tests.support.store.sample_factory import a_sample

Fields = dict[str, Any]
ENDED = "SELECT closed FROM server_samples WHERE closes > 0"


def the_present() -> datetime:
    """The gauges of now are asked of the database's own clock."""
    return datetime.now(UTC)


def a_worker(instance: str, pid: int = 1) -> WorkerIdentity:
    return WorkerIdentity(instance, "node-a", "namespace", pid, the_present())


def beat(database: Database, *instances: str) -> None:
    for instance in instances:
        ServerSamples(database).heartbeat(a_worker(instance), lambda _: True, the_present())


def metrics(database: Database, at: datetime, **filters: str) -> ServerMetrics:
    window = TimeRange(at - timedelta(hours=1), at + timedelta(seconds=5))
    return Reports(database).metrics(window, **filters)


def test_a_sample_sent_twice_is_stored_and_totalled_once(database: Database) -> None:
    store, sample = ServerSamples(database), a_sample(the_present(), opened=3)
    assert store.insert([sample, sample]) == {key_of(sample)}
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
    totals = metrics(database, at)
    assert totals.connections.active == 10
    assert sorted(worker.id for worker in totals.workers) == ["one", "two"]


def test_the_latest_sample_of_a_worker_is_its_gauge(database: Database) -> None:
    at = the_present()
    earlier = at - timedelta(seconds=5)
    ServerSamples(database).insert([a_sample(earlier, active=9), a_sample(at, active=4)])
    beat(database, "one")
    assert metrics(database, at).connections.active == 4


def test_a_worker_whose_process_died_is_removed(database: Database) -> None:
    store, at = ServerSamples(database), the_present()
    store.insert([a_sample(at, instance="gone", active=5)])
    store.heartbeat(a_worker("gone", pid=2), lambda _: True, at)
    store.heartbeat(a_worker("here", pid=3), lambda pid: pid != 2, at)
    assert metrics(database, at).connections.active == 0


def test_the_sockets_of_a_killed_worker_are_ended_once_by_who_finds_it(
    database: Database,
) -> None:
    store, at = ServerSamples(database), the_present() - timedelta(seconds=8)
    store.insert(
        [
            a_sample(at - timedelta(seconds=5), instance="gone", active=9),
            a_sample(at, instance="gone", active=5, opened=1, closed={"1000/client": 4}),
            a_sample(at, instance="gone", app="idle"),
            a_sample(at, instance="here", active=2),
        ]
    )
    store.heartbeat(a_worker("gone", pid=2), lambda _: True, at)
    with ThreadPoolExecutor(4) as pool:
        beats = [
            pool.submit(
                store.heartbeat, a_worker(f"here {n}", pid=3), lambda pid: pid != 2, the_present()
            )
            for n in range(4)
        ]
    assert [beat.result() for beat in beats] == [None] * 4
    last = (
        "SELECT closed, active, closes, abnormal_closes, period_end FROM server_samples "
        "WHERE instance = 'gone' AND period_start = :at"
    )
    with database.transaction() as connection:
        (row,) = connection.execute(text(last), {"at": at}).all()
    assert tuple(row) == ({"1006/nobody": 5}, 0, 5, 5, at + timedelta(seconds=5))
    totals = "SELECT label, value FROM server_totals WHERE name = 'closed' ORDER BY label"
    assert rows(database, totals) == [("1000/client", 4.0), ("1006/nobody", 5.0)]
    minutes = "SELECT count(*) FROM dirty_minutes WHERE source = 'samples'"
    assert rows(database, minutes)[0][0]
    assert "gone" not in str(rows(database, "SELECT instance FROM server_workers"))


def test_killed_workers_of_a_node_are_a_restart_on_the_charts(database: Database) -> None:
    store, at = ServerSamples(database), the_present()
    killed = [WorkerIdentity(f"gone {n}", "node-b", "namespace", 2, at) for n in range(3)]
    here = WorkerIdentity("here", "node-b", "namespace", 3, at)
    for worker in killed:
        store.heartbeat(worker, lambda _: True, the_present())
    with database.transaction() as connection:
        connection.execute(text("UPDATE server_workers SET heartbeat_at = '2026-03-02 12:00:30Z'"))
    store.heartbeat(here, lambda pid: pid != 2, the_present())
    marked = rows(database, "SELECT at, kind, title, app FROM events")
    at = datetime(2026, 3, 2, 12, 0, 35, tzinfo=UTC)
    assert marked == [(at, "restart", "web workers killed on node-b", None)]


def test_workers_of_a_node_that_stop_in_order_are_a_single_planned_restart(
    database: Database,
) -> None:
    store, midday = ServerSamples(database), datetime(2026, 3, 2, 12, tzinfo=UTC)
    beat(database, "first", "second")
    store.remove_worker(a_worker("first"), midday - timedelta(milliseconds=1))
    store.remove_worker(a_worker("second"), midday)
    store.heartbeat(a_worker("here"), lambda _: False, the_present())
    store.remove_worker(a_worker("here"), midday + timedelta(minutes=5))
    marked = rows(database, "SELECT at, kind, title FROM events ORDER BY at")
    title = "web workers stopped on node-a"
    assert marked == [
        (midday - timedelta(milliseconds=1), "planned-restart", title),
        (midday + timedelta(minutes=5), "planned-restart", title),
    ]


def test_a_worker_of_a_lost_node_is_ended_once_it_has_been_silent_for_long(
    database: Database,
) -> None:
    at, ticks = the_present() - timedelta(minutes=6), iter(range(0, 10_000, 5))
    store = ServerSamples(database, lambda: float(next(ticks)))
    store.insert([a_sample(at, instance="lost", active=5)])
    lost = WorkerIdentity("lost", "node-b", "namespace", 1, at)
    ServerSamples(database).heartbeat(lost, lambda _: True, at)
    for _ in range(60):
        store.heartbeat(a_worker("here"), lambda _: True, the_present())
    assert rows(database, ENDED) == []
    store.heartbeat(a_worker("here"), lambda _: True, the_present())
    assert rows(database, ENDED) == [({"1006/nobody": 5},)]


def test_a_clock_that_was_set_ends_no_worker(database: Database) -> None:
    at, beats = the_present(), iter((0.0, 1.0, 6.0, 11.0))
    store = ServerSamples(database, lambda: next(beats))
    store.insert([a_sample(at, instance="other", active=5)])
    other = WorkerIdentity("other", "node-b", "namespace", 1, at)
    store.heartbeat(other, lambda _: True, at)
    store.heartbeat(a_worker("here"), lambda _: True, at)
    with database.transaction() as connection:  # as the database sees it, five hours later
        connection.execute(
            text("UPDATE server_workers SET heartbeat_at = heartbeat_at - interval '5 h'")
        )
    ServerSamples(database).heartbeat(a_worker("here"), lambda _: True, the_present())
    store.heartbeat(a_worker("here"), lambda _: True, the_present())
    assert rows(database, ENDED) == []


def test_whoever_was_silent_itself_judges_nobody_by_silence() -> None:
    beats = iter((0.0, 0.0, 5.0, 400.0, 405.0))
    watch = dead_workers.SilenceWatch(lambda: next(beats))
    heartbeats = {"other": the_present()}
    assert [watch.silent(heartbeats) for _ in range(4)] == [set()] * 4


def test_a_worker_that_ends_is_no_longer_counted(database: Database) -> None:
    beat(database, "one")
    ServerSamples(database).remove_worker(a_worker("one"), the_present())
    assert metrics(database, the_present()).workers == []


def test_a_user_on_two_workers_is_counted_once(database: Database) -> None:
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
    totals = metrics(database, at)
    assert (totals.messages.sent, totals.messages.received, totals.messages.errors) == (4, 2, 2)
    assert totals.messages.errors_by_kind == {"not-json": 2}
    assert totals.messages.by_type["message"].sent == 4
    assert (totals.connections.closed, totals.connections.closed_by) == ({"1006": 2}, {"nobody": 2})
    assert totals.connections.rejected == {"403": 2}
    assert totals.performance.message_latency_ms.n == 4
    assert totals.performance.message_latency_ms.mean == 4.5
    assert (totals.series[0].closed, totals.series[0].abnormal_closes) == (2, 2)


def test_the_series_weighs_connections_by_time(database: Database) -> None:
    at = the_present().replace(second=30, microsecond=0)
    samples = [
        a_sample(at - timedelta(seconds=5 * ago), instance=name, active=active)
        for ago in range(3)
        for name, active in (("one", 3), ("two", 4))
    ]
    ServerSamples(database).insert(samples)
    assert {point.active for point in metrics(database, at).series} == {7.0}


def test_the_filter_of_an_app_leaves_the_workers(database: Database) -> None:
    at = the_present()
    ServerSamples(database).insert(
        [
            a_sample(at, app="portal", active=1, opened=1),
            a_sample(at, app="kiosk", active=2, opened=2),
            a_sample(at, app=None, memory_bytes=2**20, cpu_ms=500),
        ]
    )
    beat(database, "one")
    totals = metrics(database, at, app="kiosk")
    assert (totals.connections.active, totals.connections.opened) == (2, 2)
    assert (totals.workers[0].active, totals.workers[0].memory_bytes) == (3, 2**20)
    assert totals.workers[0].cpu == 0.1
    assert [source.app for source in totals.sources] == ["kiosk", "portal"]


def test_another_service_stands_beside_ours(database: Database) -> None:
    at = the_present()
    ServerSamples(database).insert([a_sample(at, service="chat", instance="host:1", active=6)])
    totals = metrics(database, at, service="chat")
    assert totals.connections.active == 6
    assert [(worker.service, worker.node) for worker in totals.workers] == [("chat", "host")]


def test_the_last_sample_of_another_service_expires(database: Database) -> None:
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
