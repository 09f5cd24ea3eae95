"""Queries about worker processes: processor, memory, rejected handshakes, waiting bytes."""

from datetime import timedelta

import pytest

from models.database.engine import Database
from models.queries import performance_queries
from tests.models.queries.test_sample_queries import START, STEP, ask, at, store


def test_a_process_has_its_processor_time_and_its_peaks_per_step(database: Database) -> None:
    measured = [(1, 100, 5), (2, 300, 9), (31, 50, 7)]
    for minutes, cpu, memory in measured:
        store(database, at(minutes, app=None, cpu_ms=cpu, memory_bytes=memory, descriptors=3))
    steps = [
        (row["t"], row["cpu_ms"], row["cpu_us"], row["memory_bytes"], row["samples"])
        for row in ask(database, "processes")
    ]
    assert steps == [(START, 400, 10_000_000, 9, 2), (START + STEP, 50, 5_000_000, 7, 1)]


def test_sources_without_figures_of_a_process_are_left_out(database: Database) -> None:
    store(database, at(1, app=None, instance="silent"), at(1, instance="of apps", sent=9))
    store(database, at(1, app=None, instance="lag", loop_lag=(1.0,)))
    assert [row["instance"] for row in ask(database, "processes")] == ["lag"]


def test_processes_belong_to_every_app_of_their_service(database: Database) -> None:
    store(database, at(1, app=None, cpu_ms=1), at(1, app=None, cpu_ms=1, service="b"))
    assert len(ask(database, "processes", app="portal")) == 2
    assert len(ask(database, "processes", service="b")) == 1


def test_of_many_processes_the_busiest_are_read(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(performance_queries, "MOST_INSTANCES", 1)
    for minutes, instance in ((1, "a"), (2, "b"), (31, "b")):
        store(database, at(minutes, app=None, instance=instance, cpu_ms=1))
    assert [row["instance"] for row in ask(database, "processes")] == ["b", "b"]


def test_rejected_handshakes_of_any_status_are_added_up(database: Database) -> None:
    store(database, at(1, rejected={"401": 2, "429": 3}), at(2, rejected={"401": 4}), at(31))
    assert ask(database, "rejected_handshakes") == [{"t": START, "rejected": 9}]


def test_waiting_bytes_are_weighed_by_time(database: Database) -> None:
    store(database, at(1, app=None, outbox_bytes=10), at(1.5, outbox_bytes=4), at(1.5))
    (row,) = ask(database, "outbox_bytes")
    assert (row["outbox_byte_seconds"], row["samples"]) == (70, 2)
    assert row["covered_seconds"] == 35


def test_memory_that_was_never_measured_stays_unknown(database: Database) -> None:
    late = at(2, app=None, cpu_ms=1, period_start=START + timedelta(minutes=1))
    store(database, late)
    (row,) = ask(database, "processes")
    assert (row["memory_bytes"], row["cpu_us"]) == (None, 60_000_000)
