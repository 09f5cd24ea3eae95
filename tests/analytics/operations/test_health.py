"""Health: the worst status of its probes, in time even when a probe never returns."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from analytics.country_file.source import CountrySource
from analytics.jobs.runner import LEASE
from analytics.operations import health, probes
from analytics.operations.health import OK, Check, Health, Status
from analytics.operations.probes import Occupancy
from models.database.engine import Database
from tests.support.clock import NOON, Clock

DEGRADED, DOWN = Check(status=Status.DEGRADED), Check(status=Status.DOWN)


@dataclass
class BufferState:
    """A state of the write buffer."""

    waiting: int = 0
    oldest_seconds: float = 0.0
    fault: str | None = None


@pytest.fixture
def stuck() -> Iterator[Callable[[], Check]]:
    """A probe that returns only after the test."""
    end = Event()
    yield lambda: OK if end.wait() else DOWN
    end.set()


@pytest.mark.parametrize(
    ("fullest", "named", "detail"),
    [
        (None, 0, None),
        (("portal", "page", 179, 200), 179, None),
        (("portal", "page", 180, 200), 0, "180 of 200 page values of portal have rollups"),
        (("", "", 100, 100), 0, "100 of 100 apps have rollups of their own, more count as other"),
        (("", "", 1, 100), 180, "180 of 200 apps of sockets have names, more count as other"),
    ],
)
def test_places_warn_before_they_are_full(
    fullest: tuple[str, str, int, int] | None, named: int, detail: str | None
) -> None:
    of_worker = Occupancy(named, 200, "apps of sockets have names, more count as other")
    check = probes.places_probe(lambda: fullest, lambda: [Occupancy(9, 200, "rooms"), of_worker])()
    assert (check.status is Status.OK) is (detail is None)
    assert (check.detail or "").startswith(detail or "")


def test_a_country_file_of_more_than_twelve_months_is_a_fault() -> None:
    clock = Clock()
    source = CountrySource(origin="Maps", link=None, built_at=NOON - timedelta(days=366))
    check = probes.country_file_probe(lambda: source, lambda: None, clock)()
    assert (check.status, check.detail) == (Status.DEGRADED, source.warning(NOON))
    assert probes.country_file_probe(lambda: None, lambda: None, clock)() == OK


def test_a_route_that_fails_again_and_again_is_a_fault() -> None:
    assert probes.requests_probe(dict)() == OK
    check = probes.requests_probe(lambda: {"GET /api/ws/report": 4})()
    assert check.status is Status.DOWN
    assert "GET /api/ws/report (4); see the log" in (check.detail or "")


def test_a_broker_that_cannot_be_reached_is_named_with_the_reason() -> None:
    assert probes.bus_probe(lambda: True, lambda: None, "Redis")() == OK
    check = probes.bus_probe(lambda: False, lambda: "refused", "Redis")()
    assert check.status is Status.DEGRADED
    assert check.detail == (
        "workers cannot reach each other by Redis: rooms go on inside each worker (refused)"
    )


def test_a_country_file_that_cannot_be_used_is_a_fault() -> None:
    source = CountrySource(origin="Maps", link=None, built_at=NOON)
    check = probes.country_file_probe(lambda: source, lambda: "no countries in it", Clock())()
    assert (check.status, check.detail) == (Status.DEGRADED, "no countries in it")


@pytest.mark.parametrize(
    ("database", "disk", "expected"),
    [
        (OK, OK, Status.OK),
        (OK, DEGRADED, Status.DEGRADED),
        (OK, DOWN, Status.DEGRADED),
        (DEGRADED, OK, Status.DEGRADED),
        (DOWN, OK, Status.DOWN),
    ],
)
def test_only_the_database_takes_everything_down(
    database: Check, disk: Check, expected: Status
) -> None:
    assert health.overall_status({"database": database, "disk": disk}) is expected


def test_stuck_probes_do_not_hold_up_the_others(stuck: Callable[[], Check]) -> None:
    every_probe = {"database": stuck, "scheduler": stuck, "disk": lambda: OK}
    health_status = Health(every_probe, deadline_seconds=0.05).check()
    assert health_status.status is Status.DOWN
    assert health_status.checks == {
        "database": health.TIMED_OUT,
        "scheduler": health.TIMED_OUT,
        "disk": OK,
    }


def test_a_stuck_probe_is_not_started_again(stuck: Callable[[], Check]) -> None:
    bounded = health.BackgroundProbe(stuck)
    assert bounded.current_run() is bounded.current_run()


def test_a_probe_that_fails_tells_its_kind_and_no_secret() -> None:
    def failing() -> Check:
        raise ValueError("password=hunter2")

    health_status = Health({"database": failing}).check()
    assert health_status.checks == {"database": Check(status=Status.DOWN, detail="ValueError")}


def test_a_database_that_answers_is_ready(database: Database) -> None:
    assert Health({"database": probes.database_probe(database.ping)}).is_ready()


def test_a_database_that_is_not_there_is_not_ready() -> None:
    nowhere = Database("postgresql+psycopg2://nobody@/nothing?host=/nowhere")
    assert not Health({"database": probes.database_probe(nowhere.ping)}).is_ready()


@pytest.mark.parametrize(
    ("buffer", "status"),
    [
        (BufferState(), Status.OK),
        (BufferState(waiting=9, oldest_seconds=0.2), Status.OK),
        (BufferState(waiting=9, oldest_seconds=6.0), Status.DEGRADED),
        (BufferState(fault="the database is away"), Status.DEGRADED),
    ],
)
def test_a_writer_that_falls_behind_is_reported(buffer: BufferState, status: Status) -> None:
    assert probes.flush_probe(lambda: buffer)().status is status


@pytest.mark.parametrize(
    ("renewed_at", "failed", "status"),
    [
        (NOON - timedelta(seconds=4), [], Status.OK),
        (NOON - timedelta(minutes=2), [], Status.DEGRADED),
        (NOON + timedelta(hours=2), [], Status.DEGRADED),
        (None, [], Status.DEGRADED),
        (NOON, ["retention"], Status.DEGRADED),
    ],
)
def test_a_scheduler_that_is_silent_or_fails_is_reported(
    renewed_at: datetime | None, failed: list[str], status: Status, clock: Clock
) -> None:
    assert (
        probes.scheduler_probe(lambda: renewed_at, lambda: failed, list, clock)().status is status
    )


def test_health_reads_the_lease_the_scheduler_takes() -> None:
    assert probes.SCHEDULER_LEASE == LEASE


def test_the_disk_is_checked_before_the_data_folder_exists(tmp_path: Path) -> None:
    assert probes.disk_probe(tmp_path / "not" / "yet")().status is not Status.DOWN


@pytest.mark.parametrize(
    ("waiting", "status"), [(None, "ok"), (119, "ok"), (121, "degraded"), (-7200, "degraded")]
)
def test_rollups_that_fall_behind_are_reported(waiting: int | None, status: str) -> None:
    since = None if waiting is None else NOON - timedelta(seconds=waiting)
    check = probes.rollup_probe(lambda: since, lambda: NOON)()
    assert check.status == status
    assert (check.detail is None) == (status == "ok")


def test_without_a_scheduler_jobs_that_did_not_end_were_cut_off() -> None:
    clock = Clock()
    renewed_at = clock() - timedelta(seconds=90)
    check = probes.scheduler_probe(lambda: renewed_at, list, lambda: ["retention"], clock)()
    assert check.detail == "no scheduler for 90 s, cut off: retention"
