"""A child process that ends with its parent."""

import os
import signal
import subprocess
import sys

import pytest

from models.embedded import child
from models.embedded.child import command, death_signal, set_death_signal
from settings import CHECKOUT
from tests.support.servers.running_server import await_end

SHOW = (
    "import ctypes, os; n = ctypes.c_int(); ctypes.CDLL(None).prctl(2, ctypes.byref(n), 0, 0, 0);"
    "print(n.value, os.getuid())"
)


def printed(arguments: list[str]) -> list[int]:
    result = subprocess.run(arguments, capture_output=True, text=True, check=True)
    return [int(number) for number in result.stdout.split()]


def test_the_program_gets_the_signal_when_its_parent_ends() -> None:
    program = [sys.executable, "-I", "-S", "-c", SHOW]
    assert printed(command(program, signal.SIGINT)) == [signal.SIGINT, os.getuid()]


@pytest.mark.skipif(os.getuid() != 0, reason="only root becomes another user")
def test_the_signal_outlives_the_change_of_the_user() -> None:
    program = ["/usr/bin/setpriv", "--dump"]
    if not os.access(program[0], os.X_OK):
        pytest.skip("no setpriv")
    arguments = command(program, signal.SIGTERM, ("nobody", 65534, 65534))
    text = subprocess.run(arguments, capture_output=True, text=True, check=True).stdout
    assert "uid: 65534" in text
    assert "parent death signal: term" in text.lower()


def test_a_program_without_a_parent_does_not_start() -> None:
    arguments = command(["/bin/echo", "started"], signal.SIGTERM)
    arguments[4] = str(os.getpid() + 1)
    result = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (1, "")


def test_arguments_of_a_program_are_no_options() -> None:
    arguments = command(["/bin/echo", "--", "-n", "a  b", ""], signal.SIGTERM)
    result = subprocess.run(arguments, capture_output=True, text=True, check=True)
    assert result.stdout == "-- -n a  b \n"


def test_a_killed_parent_takes_its_child_along() -> None:
    parent = (
        "import signal, subprocess, sys; from models.embedded.child import command\n"
        "p = subprocess.Popen(command(['/bin/sleep', '60'], signal.SIGTERM))\n"
        "print(p.pid, flush=True); p.wait()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", parent], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        process.kill()
    assert await_end({pid}) == set()


def test_the_signal_of_this_process_is_set_and_read() -> None:
    former = death_signal()
    set_death_signal(signal.SIGUSR1)
    try:
        assert death_signal() == signal.SIGUSR1
    finally:
        set_death_signal(former)
    assert child.death_signal() == former
