"""Starts a program that ends with its parent, even after SIGKILL, and as root drops privileges.

Run as a script of its own so that no Python runs between fork and exec in a process that may have
threads. `command` builds the arguments; the script knows nothing of this package.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

PR_SET_PDEATHSIG, PR_GET_PDEATHSIG = 1, 2  # prctl(2)


def command(
    program: Sequence[str | os.PathLike[str]],
    death_signal: signal.Signals,
    user: tuple[str, int, int] | None = None,
) -> list[str]:
    """Arguments that run `program` as a child of the calling process.

    It gets `death_signal` when the caller ends, and runs as `user` (name, uid, gid); `None`: as the
    caller.
    """
    options = [str(os.getpid()), str(int(death_signal)), *map(str, user or ())]
    interpreter = [sys.executable, "-I", "-S", __file__]
    return [*interpreter, *options, "--", *[os.fspath(word) for word in program]]


def death_signal() -> int:
    """The signal this process gets when its parent ends; 0: none."""
    number = ctypes.c_int()
    ctypes.CDLL(None).prctl(PR_GET_PDEATHSIG, ctypes.byref(number), 0, 0, 0)
    return number.value


def set_death_signal(number: int) -> None:
    """Ask the kernel to send this process `number` when its parent ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)


def main(arguments: list[str]) -> None:
    """Drop to the user, request the signal, exec the program."""
    options, program = arguments[: arguments.index("--")], arguments[arguments.index("--") + 1 :]
    parent, number = int(options[0]), int(options[1])
    if len(options) > 2:
        name, uid, gid = options[2], int(options[3]), int(options[4])
        os.initgroups(name, gid)
        os.setgid(gid)
        os.setuid(uid)
    set_death_signal(number)  # after setuid, which would clear it
    if os.getppid() != parent:
        sys.exit(1)
    os.execv(program[0], program)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main(sys.argv[1:])
