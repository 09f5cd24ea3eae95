"""The server process, played by a shell script: started, stopped, leftovers stopped first."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.embedded import postmaster
from models.embedded.fault import EmbeddedFault
from models.embedded.places import DataPaths
from models.embedded.postmaster import Postmaster, is_ready
from tests.models.embedded.test_ownership import ME
from tests.support.servers.running_server import alive, await_end

READY = 'printf "$$\\n\\n\\n\\n\\n\\n\\nready\\n" > postmaster.pid\n'
WAIT = "sleep 60 &\nwait $!\nkill $!\n"


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    paths = DataPaths(tmp_path)
    paths.cluster.mkdir()
    return paths


@pytest.fixture
def leftover(paths: DataPaths) -> Iterator[subprocess.Popen[bytes]]:
    # A shell starts what runs in the background deaf to these two, and a child inherits that.
    before = {sign: signal.signal(sign, signal.SIG_DFL) for sign in postmaster.STOPPING[:2]}
    process = subprocess.Popen(["/bin/sleep", "60"], cwd=paths.cluster)
    for sign, handler in before.items():
        signal.signal(sign, handler)
    pid_file(paths).write_text(f"{process.pid}\n")
    yield process
    process.kill()
    process.wait()


def pid_file(paths: DataPaths) -> Path:
    return paths.cluster / "postmaster.pid"


def scripted(paths: DataPaths, script: str) -> Postmaster:
    """A server that does this in its data folder."""
    program = paths.root / "postgres"
    program.write_text(f'#!/bin/sh\ncd "$2"\n{script}')
    program.chmod(0o755)
    return Postmaster(paths, ME, program)


def test_a_server_is_started_and_stopped(paths: DataPaths) -> None:
    server = scripted(paths, f"trap 'exit 0' INT\n{READY}{WAIT}")
    assert (server.pid, server.exit_code) == (None, None)
    server.start()
    pid = server.pid
    assert pid is not None
    assert (server.exit_code, is_ready(paths), is_ready(paths, pid + 1)) == (None, True, False)
    server.stop()
    assert await_end({pid}) == set()
    assert not is_ready(paths)  # its file is still there


def test_the_output_of_a_server_stands_in_the_fault(paths: DataPaths) -> None:
    paths.log.mkdir()
    (paths.log / "postgresql-Mon.log").write_text("FATAL: no space left")
    server = scripted(paths, "echo broken >&2\nexit 3\n")
    with pytest.raises(EmbeddedFault, match=r"(?s)exit code 3\. broken.*no space left.*More in"):
        server.start()
    assert server.exit_code == 3


def test_a_server_whose_former_children_still_end_is_started_again(
    paths: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postmaster, "RETRY_SECONDS", 0)
    fails_once = f'[ -e again ] || {{ touch again; echo "{postmaster.STILL_IN_USE}"; exit 1; }}\n'
    server = scripted(paths, fails_once + READY + WAIT)
    server.start()
    assert is_ready(paths, server.pid)
    server.stop()


def test_a_server_that_does_not_stop_is_killed(
    paths: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postmaster, "STOP_SECONDS", 0.05)
    server = scripted(paths, f"trap '' INT QUIT\n{READY}while :; do sleep 0.1; done\n")
    server.start()
    pid = server.pid
    assert pid is not None
    server.stop()
    server.stop()  # a second time does nothing
    assert alive({pid}) == set()


def test_a_server_left_by_a_former_start_is_stopped(
    paths: DataPaths, leftover: subprocess.Popen[bytes]
) -> None:
    postmaster._stop_leftover(paths)
    assert leftover.wait() == -signal.SIGINT
    assert not pid_file(paths).exists()


@pytest.mark.parametrize("text", ["", "x\n", "-1\n", "999999999\n", "{pid}\n"])
def test_a_process_that_is_no_server_of_this_folder_is_left_alone(
    paths: DataPaths, text: str
) -> None:
    pid_file(paths).write_text(text.format(pid=os.getpid()))
    assert not is_ready(paths)
    postmaster._stop_leftover(paths)
    assert not pid_file(paths).exists()


def test_a_server_is_not_ready_before_it_says_so(
    paths: DataPaths, leftover: subprocess.Popen[bytes]
) -> None:
    head = f"{leftover.pid}\n" + "\n" * 6
    states = []
    for status in ("", "starting", "ready   "):
        pid_file(paths).write_text(head + status)
        states.append(is_ready(paths))
    assert states == [False, False, True]
