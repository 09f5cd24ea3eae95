"""Child processes: started, replaced after a growing pause, stopped, killed when they must be."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.children import FIRST_PAUSE_SECONDS, HEALTHY_SECONDS, LONGEST_PAUSE_SECONDS, Child
from tests.support.servers.running_server import await_end, descendants

SLEEP = "import time; time.sleep(60)"
PATIENCE_SECONDS = 10


class Seconds:
    """A monotonic clock that tests advance."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


@pytest.fixture
def sleeper() -> Iterator[Child]:
    child = Child("sleeper", running(SLEEP))
    child.start()
    yield child
    child.stop(1)


def running(statement: str) -> tuple[str, ...]:
    """A module of the standard library that executes the statement."""
    return ("timeit", "-n", "1", "-r", "1", statement)


def is_started(child: Child) -> bool:
    return child._process is not None


def await_exit(child: Child) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while child.exit_code is None and time.monotonic() < deadline:
        time.sleep(0.005)
    assert child.exit_code is not None


def test_a_child_runs_in_a_session_of_its_own_and_is_stopped(sleeper: Child) -> None:
    (pid,) = descendants(os.getpid()) & {sleeper._process.pid if sleeper._process else 0}
    assert sleeper.exit_code is None
    assert sleeper.keep_alive() is None
    assert os.getsid(pid) == pid != os.getsid(0)
    sleeper.stop(PATIENCE_SECONDS)
    assert await_end({pid}) == set()
    assert sleeper.exit_code is None


def test_a_child_that_ignores_the_signal_is_killed_with_its_children(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    statement = (
        "import signal, subprocess, time; signal.signal(15, signal.SIG_IGN);"
        f"p = subprocess.Popen(['/bin/sleep', '60']); open({str(ready)!r}, 'w').close();"
        "time.sleep(60)"
    )
    child = Child("stubborn", running(statement))
    child.start()
    while not ready.exists():
        time.sleep(0.005)
    assert child._process is not None
    family = descendants(child._process.pid) | {child._process.pid}
    assert len(family) == 2
    child.stop(0.1)
    assert await_end(family) == set()


def test_a_child_that_ends_is_replaced_after_a_pause(clock: Seconds) -> None:
    child = Child("short", running("1/0"), clock=clock)
    child.start()
    await_exit(child)
    output = child.keep_alive()
    assert output == "short ended (status 1); starting it again in 0.5 s."
    assert child.keep_alive() is None
    assert not is_started(child)
    clock.now += FIRST_PAUSE_SECONDS
    child.keep_alive()
    assert is_started(child)
    child.stop(0.1)


def test_the_pause_grows_up_to_a_limit_and_shrinks_after_a_healthy_run(clock: Seconds) -> None:
    child, pauses = Child("short", (), clock=clock), []
    for _ in range(8):
        child._started = clock()
        child._plan_restart(1)
        pauses.append(child._next_start - clock())
    assert pauses[:3] == [0.5, 1, 2]
    assert pauses[-1] == LONGEST_PAUSE_SECONDS
    clock.now += HEALTHY_SECONDS + 1
    child._plan_restart(1)
    assert child._next_start - clock() == FIRST_PAUSE_SECONDS


@pytest.mark.parametrize(
    ("statement", "output"), [("pass", "data: done."), ("1/0", "data: failed (status 1).")]
)
def test_a_child_for_once_is_not_replaced(clock: Seconds, statement: str, output: str) -> None:
    child = Child("data", running(statement), once=True, clock=clock)
    child.start()
    await_exit(child)
    assert child.keep_alive() == output
    clock.now += 1e9
    assert child.keep_alive() is None
    assert child._process is None


def test_a_child_inherits_only_the_files_it_is_to_have(tmp_path: Path) -> None:
    result = tmp_path / "result"
    passed, other = os.open("/dev/null", os.O_RDONLY), os.open("/dev/null", os.O_RDONLY)
    os.set_inheritable(other, True)
    statement = (
        "import os, pathlib; n = [os.path.exists(f'/proc/self/fd/{fd}') for fd in "
        f"({passed}, {other})]; pathlib.Path({str(result)!r}).write_text(str(n))"
    )
    child = Child("reader", running(statement), once=True, keep_fds=[passed])
    child.start()
    await_exit(child)
    for descriptor in (passed, other):
        os.close(descriptor)
    assert result.read_text() == "[True, False]"


def test_a_child_that_was_never_started_is_stopped_already() -> None:
    child = Child("never", running(SLEEP))
    child.stop(1)
    assert child.exit_code is None
