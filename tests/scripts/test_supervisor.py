"""The supervisor's parts: options over the environment, readiness, what is printed, signals."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from models.embedded import Postmaster
from models.embedded.places import DataPaths
from scripts import supervisor
from scripts.children import Child
from scripts.supervisor import WebWorkersNotReady
from settings import Settings
from tests.models.embedded.test_ownership import ME
from tests.scripts.test_children import await_exit, running
from tests.support.clock import NOON


@pytest.fixture
def handlers() -> Iterator[None]:
    former = {sign: signal.getsignal(sign) for sign in supervisor.TO_STOP}
    yield
    for sign, handler in former.items():
        signal.signal(sign, handler)


@pytest.fixture(params=[200, 404, 503])
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    """A local server that responds with this status."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(request.param)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_options_override_the_environment_for_children_too(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("HOST", "::"), ("PORT", "1"), ("WEB_WORKERS", "1")):
        monkeypatch.setenv(name, value)
    supervisor._apply_options(supervisor._options(["--port", "2", "--workers", ""]))
    assert [os.environ[name] for name in ("HOST", "PORT", "WEB_WORKERS")] == ["::", "2", ""]


def test_pages_hear_of_a_demo_by_its_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    for arguments, is_demo in (([], False), (["--demo"], True)):
        monkeypatch.setenv("DEMO", "")
        supervisor._apply_options(supervisor._options(arguments))
        assert Settings.from_environment().demo is is_demo


def test_the_live_load_of_a_demo_begins_where_its_history_ends() -> None:
    with ExitStack() as stack:
        children = supervisor._demo(stack, "http://127.0.0.1:8050", NOON)
        commands = [" ".join(child._arguments) for child in children]
    assert commands[0].endswith("scripts.demo_data --until 2026-03-02T12:00:00+00:00")
    assert commands[1].endswith("scripts.demo_data.live --since 2026-03-02T12:00:00+00:00")


@pytest.mark.parametrize("arguments", [["--ports"], ["8050"], ["--host"], ["--demo", "yes"]])
def test_unknown_options_are_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        supervisor._options(arguments)
    assert ended.value.code == 2


def test_a_wrong_setting_is_why_it_cannot_start(
    monkeypatch: pytest.MonkeyPatch, handlers: None, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", "1")
    assert supervisor.main(["--port", "99999"]) == 1
    output = capsys.readouterr().err
    assert "Cannot start. " in output
    assert "PORT" in output


def test_a_second_signal_does_not_interrupt_the_stop(
    handlers: None, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        supervisor._stop(signal.SIGTERM, None)
    assert ended.value.code == 0
    assert {signal.getsignal(sign) for sign in supervisor.TO_STOP} == {signal.SIG_IGN}
    assert "Stopping." in capsys.readouterr().err


def test_a_server_that_responds_at_all_is_ready(address: str) -> None:
    assert supervisor._responds(address)
    supervisor._await_ready(Child("web", ()), address)


def test_web_workers_that_end_are_not_waited_for() -> None:
    web = Child("web", running("1/0"))
    web.start()
    await_exit(web)
    with pytest.raises(WebWorkersNotReady, match="The web workers ended"):
        supervisor._await_ready(web, "http://127.0.0.1:1")


@pytest.mark.parametrize(
    ("public", "expected"),
    [
        (None, ["Ready: http://127.0.0.1:8050/admin/", "/demo", "/api/docs"]),
        ("https://x.example", ["Ready: https://x.example/admin/"]),
    ],
)
def test_addresses_are_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], public: str | None, expected: list[str]
) -> None:
    settings = Settings(data_dir=tmp_path, public_url=public)
    supervisor._print_addresses(settings, "http://127.0.0.1:8050")
    output = capsys.readouterr().err
    assert [text for text in expected if text not in output] == []


def test_a_database_that_does_not_come_back_is_tried_again_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(supervisor, "DATABASE_PAUSE_SECONDS", 0)
    paths = DataPaths(tmp_path)
    paths.cluster.mkdir()
    (tmp_path / "postgres").write_text("#!/bin/sh\necho 'disk full'; exit 1\n")
    (tmp_path / "postgres").chmod(0o755)
    supervisor._restart(Postmaster(paths, ME, tmp_path / "postgres"))
    first, second = capsys.readouterr().err.splitlines()[:2]
    assert "The database ended" in first
    assert "disk full" in second


def test_a_child_is_stopped_when_its_block_fails() -> None:
    children = []
    with suppress(ZeroDivisionError), supervisor._child("x", *running("0")) as child:
        children.append(child)
        child.start()
        raise ZeroDivisionError
    assert [child._process for child in children] == [None]


def test_a_named_database_is_not_started(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "none", database_url="postgresql://elsewhere/x")
    with supervisor._database(settings) as postmaster:
        assert postmaster is None
    assert not (tmp_path / "none").exists()
