"""The command from its arguments to its exit status."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import msgspec
import pytest
from websockets.sync.server import ServerConnection, serve

from analytics.load_tests.report import LoadTestReport, Outcome
from scripts.load import command, delivery
from scripts.load.options import parse
from settings import CHECKOUT
from tests.support.load_reports import PLAN, report
from tests.support.servers.running_server import free_port

SHORT = ("light", "--connections", "5", "--ramp-up", "0", "--rate", "5")
COMMAND = [sys.executable, "-P", "-m", "scripts.load.command", *SHORT]


@contextmanager
def echo_server() -> Iterator[str]:
    """Its URL."""

    def echo(connection: ServerConnection) -> None:
        for message in connection:
            connection.send(message)

    with serve(echo, "127.0.0.1", 0) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        port: int = server.socket.getsockname()[1]
        yield f"ws://127.0.0.1:{port}/"
        server.shutdown()
        thread.join()


def started(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, *arguments], cwd=CHECKOUT, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip


def test_ctrl_c_closes_what_is_open_and_writes_the_report(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    with (
        echo_server() as url,
        started("--url", url, "--duration", "600", "--json", str(path)) as test,
    ):
        assert test.stderr is not None
        while "5 open" not in test.stderr.readline():
            time.sleep(0)
        test.send_signal(signal.SIGINT)
        output, _ = test.communicate(timeout=60)
    stopped = msgspec.json.decode(path.read_bytes(), type=LoadTestReport)
    assert test.returncode == delivery.FAILED
    assert output.startswith("STOPPED")
    assert stopped.verdict.outcome is Outcome.STOPPED
    assert stopped.connections.closed == {"1000/client": 5}
    assert stopped.messages.received == stopped.messages.sent


def test_a_server_that_is_not_there_cannot_be_tested() -> None:
    with started("--url", f"ws://127.0.0.1:{free_port()}/") as test:
        output, _ = test.communicate(timeout=60)
    assert test.returncode == delivery.COULD_NOT_RUN
    assert "5 of 5 connections failed: 5 refused: nothing listens there" in output


def test_a_run_to_compare_with_is_read_before_anything_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "before.json"
    path.write_bytes(msgspec.json.encode(report()))
    same = ["light", "--compare", str(path), "--rate", "1"]
    assert command.earlier(parse(same)) == report()
    assert command.earlier(parse(["light"])) is None
    with pytest.raises(command.CouldNotRun, match="did not do the same"):
        command.earlier(parse([*same, "--rate", "2"]))
    path.write_text("{}")
    with pytest.raises(command.CouldNotRun, match="missing required field"):
        command.earlier(parse(same))
    url = f"ws://127.0.0.1:{free_port()}"
    with pytest.raises(command.CouldNotRun, match="refused"):
        command.earlier(parse(["light", "--compare", "baseline", "--url", url]))


def test_a_file_that_cannot_be_written_ends_the_test_before_it_begins(tmp_path: Path) -> None:
    with pytest.raises(command.CouldNotRun, match="there is no folder"):
        command.check(parse(["light", "--json", str(tmp_path / "none" / "run.json")]), 1)


def test_the_plan_is_that_of_the_arguments() -> None:
    assert parse(["light", "--duration", "30", "--ramp-up", "2"]).plan == PLAN
