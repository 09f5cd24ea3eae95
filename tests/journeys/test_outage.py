"""Database outages: responses to browsers and probes, recovery, no data lost."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
import requests

from ingest import api
from ingest.worker.request_limits import PATIENT_PATHS
from models.database import migrate
from models.database.engine import Database
from models.embedded import Postmaster, database_url, supervised
from settings import Settings
from tests.support.faults.small_disk import SmallDisk, small_disk
from tests.support.servers.api_client import ApiClient, new_token
from tests.support.servers.running_server import (
    RunningServer,
    descendants,
    open_folder,
    running_server,
)
from tests.support.servers.socket_clients import RoomClient
from tests.support.store.postgres import autocommit_cursor

BROWSERS_PATIENCE = 2.0
READERS_PATIENCE = 3.0
PROBES_PATIENCE = 5.0
RECOVERY_SECONDS = 20
POSTERS = 8
SECONDS_AWAY = 7  # longer than an interval of the meter


@contextmanager
def installed(folder: Path) -> Iterator[tuple[RunningServer, Postmaster]]:
    settings = Settings(data_dir=folder / "data")
    with supervised(settings) as postmaster:
        url = database_url(settings)
        migrate.upgrade(url)
        with open_folder() as aside, running_server(url, aside) as server:
            yield server, postmaster


@pytest.fixture(scope="module")
def installation() -> Iterator[tuple[RunningServer, Postmaster]]:
    with open_folder() as folder, installed(folder) as parts:
        yield parts


def post(server: RunningServer, report_id: str = "", **more: object) -> requests.Response:
    now = datetime.now(UTC).isoformat()
    ids = {"report_id": report_id or str(uuid4()), "session_id": str(uuid4())}
    body = {**ids, "period_start": now, "period_end": now, **more}
    url = server.url + "/api/ws/client-metrics"
    return requests.post(url, json=body, timeout=BROWSERS_PATIENCE)


def health(server: RunningServer) -> requests.Response:
    return requests.get(server.url + "/api/ws/health", timeout=PROBES_PATIENCE)


def assert_unavailable(server: RunningServer) -> None:
    response = post(server)
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    health_response = health(server)
    assert (health_response.status_code, health_response.json()["status"]) == (503, "down")
    assert requests.get(server.url + "/api/ws/health/live", timeout=2).ok
    assert requests.get(server.url + "/login", timeout=PROBES_PATIENCE).status_code < 500


def assert_reads_fail_soon(server: RunningServer, token: str) -> None:
    """Every route that reads, but exports: all at once, more than there are
    connections."""
    paths = [
        route.path
        for route in api.ROUTES
        if route.method == "GET" and not route.ids and not route.is_open
        and not route.path.startswith(PATIENT_PATHS)
    ]  # fmt: skip
    assert len(paths) > 10
    with ThreadPoolExecutor(len(paths)) as readers:
        results = dict(
            zip(paths, readers.map(lambda path: read(server, path, token), paths), strict=True)
        )
    assert {path: status for path, (status, _) in results.items() if status != 503} == {}
    assert {
        path: seconds for path, (_, seconds) in results.items() if seconds > READERS_PATIENCE
    } == {}


def read(server: RunningServer, path: str, token: str) -> tuple[int, float]:
    """The status of a GET, and the seconds it took."""
    headers, since = {"Authorization": f"Bearer {token}"}, time.monotonic()
    response = requests.get(server.url + path, headers=headers, timeout=PROBES_PATIENCE)
    return response.status_code, time.monotonic() - since


def assert_reads(server: RunningServer) -> None:
    """Each worker learns by itself that the store is back: reads go on when several in a row do."""
    deadline, successes = time.monotonic() + RECOVERY_SECONDS, 0
    store = Database(server.database_url)
    token = new_token(store, "admin")
    store.dispose()
    while successes < 8:
        is_read = read(server, "/api/ws/metrics", token)[0] == 200
        successes = successes + 1 if is_read else 0
        assert time.monotonic() < deadline
        time.sleep(0.05)


def assert_recovers(server: RunningServer) -> None:
    deadline = time.monotonic() + RECOVERY_SECONDS
    while post(server).status_code != 201:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    while health(server).json()["status"] == "down":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert_reads(server)


@pytest.mark.timeout(120)
def test_a_stopped_database_is_reported_at_once_and_recovered_from(
    installation: tuple[RunningServer, Postmaster],
) -> None:
    server, postmaster = installation
    assert post(server).status_code == 201
    postmaster.stop()
    assert_unavailable(server)
    postmaster.start()
    assert_recovers(server)


@pytest.mark.timeout(120)
def test_a_frozen_database_times_out_every_request(
    installation: tuple[RunningServer, Postmaster],
) -> None:
    server, postmaster = installation
    assert post(server).status_code == 201
    store = Database(server.database_url)
    token = new_token(store, "admin")
    store.dispose()
    assert postmaster.pid is not None
    frozen = [postmaster.pid, *descendants(postmaster.pid)]
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    try:
        assert_reads_fail_soon(server, token)
        assert_unavailable(server)
        assert_reads_fail_soon(server, token)
    finally:
        for pid in frozen:
            os.kill(pid, signal.SIGCONT)
    assert_recovers(server)


@pytest.mark.timeout(120)
def test_sockets_go_on_without_the_store_and_nothing_they_did_is_lost(
    installation: tuple[RunningServer, Postmaster],
) -> None:
    server, postmaster = installation
    with RoomClient(server, app="outage") as ann:
        ann.join("hall")
        postmaster.stop()
        for _ in range(SECONDS_AWAY):
            assert ann.request(type="message", room="hall", data=1)["type"] == "message"
            time.sleep(1)
        postmaster.start()
        assert_recovers(server)
        api = ApiClient(server)
        message_count = 1 + SECONDS_AWAY
        metrics = api.metrics_when(
            lambda m: m["messages"]["received"] == message_count, app="outage"
        )
        api.close()
    assert (metrics["messages"]["received"], metrics["messages"]["sent"]) == (
        message_count,
        message_count,
    )
    assert metrics["connections"]["opened"] == 1


@pytest.mark.timeout(240)
def test_a_disk_that_fills_under_load_refuses_and_loses_nothing() -> None:
    with open_folder() as folder, small_disk(folder) as disk, installed(folder) as parts:
        server, postmaster = parts
        acknowledged = fill(server, disk)
        assert acknowledged
        disk.empty()
        if postmaster.exit_code is not None:
            postmaster.start()
        assert_recovers(server)
        with autocommit_cursor(server.database_url) as cursor:
            cursor.execute("SELECT report_id::text FROM client_reports")
            assert acknowledged <= {row[0] for row in cursor.fetchall()}


def fill(server: RunningServer, disk: SmallDisk) -> set[str]:
    """Fill the disk but for 400 kB, then post in parallel until refused; the acknowledged ids."""
    disk.fill()
    with ThreadPoolExecutor(POSTERS) as posters:
        taken = posters.map(post_until_refused, [server] * POSTERS)
    return set().union(*taken)


def post_until_refused(server: RunningServer) -> set[str]:
    """The ids of reports acknowledged before ten others were refused."""
    acknowledged: set[str] = set()
    refusals = 0
    while refusals < 10:
        assert len(acknowledged) < 20_000, "the disk never became full"
        report_id = str(uuid4())
        response = post(server, report_id, page="/" + str(uuid4()) * 6)
        if response.status_code == 201:
            acknowledged.add(report_id)
        else:
            assert response.status_code == 503
            assert int(response.headers["Retry-After"]) > 0
            refusals += 1
    return acknowledged
