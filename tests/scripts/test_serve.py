"""`scripts/serve`: what it starts, its errors, and that it leaves no processes."""

import json
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
import requests
from playwright.sync_api import Page

from models.database import migrate
from models.database.engine import Database
from scripts import first_start
from settings import Settings
from tests.support.servers.running_server import (
    RunningServer,
    SupervisedInstallation,
    alive,
    await_end,
    descendants,
    free_port,
    open_folder,
)
from tests.support.store.postgres import new_database

LONG = "a-folder-with-a-name-of-some-length"  # a socket's path may have 107 bytes only


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


def test_server_answers(live_server: RunningServer) -> None:
    assert requests.get(live_server.url + "/static/tokens.css", timeout=5).status_code == 200


def test_killed_workers_are_replaced(live_server: RunningServer) -> None:
    before = live_server.worker_pids()
    live_server.kill_workers()
    live_server.wait_until_answering()
    assert set(live_server.worker_pids()).isdisjoint(before)


def test_browser_opens_a_page(live_server: RunningServer, page: Page) -> None:
    response = page.goto(live_server.url + "/static/tokens.css")
    assert response is not None
    assert response.ok


def accepts(url: str) -> bool:
    with suppress(requests.RequestException):
        return requests.get(url + "/api/ws/health/live", timeout=0.5).ok
    return False


@pytest.mark.timeout(180)
def test_it_starts_survives_a_kill_and_stops_all_processes(folder: Path) -> None:
    deep = folder.joinpath(*[LONG] * 5)
    deep.mkdir(parents=True)
    installation = SupervisedInstallation(deep / "data")
    first = installation.launch()
    installation.await_ready(first)
    started = descendants(first.pid)
    first.kill()
    first.wait()
    assert await_end(started) == set()
    with installation.up() as second:
        started = descendants(second.pid)
        assert requests.get(installation.url + "/api/ws/health/ready", timeout=5).ok
        second.terminate()
        assert second.wait(10) == 0
    assert alive(started) == set()
    output = installation.output()
    assert output.count("Sign in as") == 1  # the first start makes the admin, the second does not
    assert output.rpartition("Stopping.")[2].strip() == ""


@pytest.mark.timeout(120)
def test_requests_in_flight_finish_before_shutdown(folder: Path) -> None:
    installation = SupervisedInstallation(folder / "data")
    now = datetime.now(UTC).isoformat()
    report = {"report_id": str(uuid4()), "session_id": str(uuid4())}
    body = json.dumps({**report, "period_start": now, "period_end": now}).encode()
    head = (
        "POST /api/ws/client-metrics HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with (
        installation.up() as process,
        socket.create_connection(("127.0.0.1", installation.port), timeout=10) as connection,
    ):
        connection.sendall(head.encode() + body[:40])
        requests.get(installation.url + "/api/ws/health/live", timeout=5)  # it has been read
        process.terminate()
        while accepts(installation.url):
            pass
        connection.sendall(body[40:])
        assert connection.recv(65536).startswith(b"HTTP/1.1 201 ")


def test_a_taken_port_is_named_before_anything_starts(folder: Path) -> None:
    with socket.socket() as other:
        installation = SupervisedInstallation(folder / "data")
        other.bind(("127.0.0.1", installation.port))
        other.listen()
        assert installation.launch().wait(30) == 1
    assert f"Port {installation.port} of 127.0.0.1 is taken" in installation.output()
    assert not (folder / "data").exists()


def test_a_wrong_setting_stops_the_start(folder: Path) -> None:
    installation = SupervisedInstallation(folder / "data", METRICS_RATE_TOTAL="plenty")
    assert installation.launch().wait(30) == 1
    assert "Cannot start. METRICS_RATE_TOTAL: " in installation.output()


@pytest.mark.timeout(120)
def test_an_external_database_is_used_and_left_running(folder: Path, embedded_url: str) -> None:
    url = new_database(embedded_url, f"external_{os.getpid()}")
    installation = SupervisedInstallation(folder / "data", DATABASE_URL=url)
    with installation.up():
        assert requests.get(installation.url + "/api/ws/health/ready", timeout=5).ok
    assert "Starting the database" not in installation.output()
    Database(url).ping()


@pytest.mark.timeout(120)
def test_a_new_password_is_printed_also_when_the_web_workers_do_not_start(
    folder: Path, embedded_url: str
) -> None:
    url = new_database(embedded_url, f"without_web_{os.getpid()}")
    installation = SupervisedInstallation(
        folder / "data", DATABASE_URL=url, GUNICORN_CMD_ARGS="--worker-class no.such"
    )
    assert installation.launch().wait(60) == 1
    assert "with the password " in installation.output()
    assert "Cannot start. The web workers ended." in installation.output()


def test_a_missing_database_is_reported(folder: Path) -> None:
    nowhere = f"postgresql+psycopg2://nobody@127.0.0.1:{free_port()}/none"
    installation = SupervisedInstallation(folder / "data", DATABASE_URL=nowhere)
    assert installation.launch().wait(30) == 1
    assert "The database named by DATABASE_URL cannot be used" in installation.output()


def test_a_database_too_old_is_refused(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_start, "OLDEST_MAJOR", 99)
    with pytest.raises(first_start.FirstStartFailed, match="99 or newer is needed"):
        first_start.prepare(Settings(database_url=database_url), lambda _: None)


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    migrate.upgrade(database_url)
    Database(database_url).ping()


def test_ctrl_c_stops_it_too(folder: Path) -> None:
    installation = SupervisedInstallation(folder / "data")
    with installation.up() as process:
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
