"""The commands: what starts, what is said when it cannot, what is left behind."""

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
from tests.conftest import new_database
from tests.support.running_server import (
    Installation,
    RunningServer,
    alive,
    await_end,
    descendants,
    free_port,
    open_folder,
)

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
    answer = page.goto(live_server.url + "/static/tokens.css")
    assert answer is not None
    assert answer.ok


def accepts(url: str) -> bool:
    with suppress(requests.RequestException):
        return requests.get(url + "/api/ws/health/live", timeout=0.5).ok
    return False


@pytest.mark.timeout(180)
def test_it_starts_survives_a_kill_and_stops_without_a_trace(folder: Path) -> None:
    deep = folder.joinpath(*[LONG] * 5)
    deep.mkdir(parents=True)
    installation = Installation(deep / "data")
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
    said = installation.said()
    assert said.count("Sign in as") == 1  # the first start makes the admin, the second does not
    assert said.rpartition("Stopping.")[2].strip() == ""


@pytest.mark.timeout(120)
def test_a_post_under_way_is_answered_before_the_end(folder: Path) -> None:
    installation = Installation(folder / "data")
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
        installation = Installation(folder / "data")
        other.bind(("127.0.0.1", installation.port))
        other.listen()
        assert installation.launch().wait(30) == 1
    assert f"Port {installation.port} of 127.0.0.1 is taken" in installation.said()
    assert not (folder / "data").exists()


def test_a_wrong_setting_stops_the_start(folder: Path) -> None:
    installation = Installation(folder / "data", METRICS_RATE_TOTAL="plenty")
    assert installation.launch().wait(30) == 1
    assert "Cannot start. METRICS_RATE_TOTAL: " in installation.said()


@pytest.mark.timeout(120)
def test_an_external_database_is_used_and_left_running(folder: Path, embedded_url: str) -> None:
    url = new_database(embedded_url, f"external_{os.getpid()}")
    installation = Installation(folder / "data", DATABASE_URL=url)
    with installation.up():
        assert requests.get(installation.url + "/api/ws/health/ready", timeout=5).ok
    assert "Starting the database" not in installation.said()
    Database(url).ping()


def test_a_database_that_is_not_there_is_said(folder: Path) -> None:
    nowhere = f"postgresql+psycopg2://nobody@127.0.0.1:{free_port()}/none"
    installation = Installation(folder / "data", DATABASE_URL=nowhere)
    assert installation.launch().wait(30) == 1
    assert "The database named by DATABASE_URL cannot be used" in installation.said()


def test_a_database_too_old_is_refused(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_start, "OLDEST_MAJOR", 99)
    with pytest.raises(first_start.Refused, match="99 or newer is needed"):
        first_start.prepare(Settings(database_url=database_url), lambda _: None)


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    migrate.upgrade(database_url)
    Database(database_url).ping()


def test_ctrl_c_stops_it_too(folder: Path) -> None:
    installation = Installation(folder / "data")
    with installation.up() as process:
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
