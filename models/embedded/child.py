"""Starts a program that ends when its parent does, even by SIGKILL, and as root as another user.

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
    sign: signal.Signals,
    user: tuple[str, int, int] | None = None,
) -> list[str]:
    """Arguments that run `program` as a child of the calling process.

    It gets `sign` when the caller ends, and runs as `user` (name, uid, gid) unless that is None.
    """
    who = [] if user is None else [str(word) for word in user]
    words = [sys.executable, "-I", "-S", __file__, str(os.getpid()), str(int(sign)), *who, "--"]
    return [*words, *[os.fspath(word) for word in program]]


def death_signal() -> int:
    """The signal this process gets when its parent ends; 0: none."""
    sign = ctypes.c_int()
    ctypes.CDLL(None).prctl(PR_GET_PDEATHSIG, ctypes.byref(sign), 0, 0, 0)
    return sign.value


def ask_death_signal(sign: int) -> None:
    """Ask the kernel to send this process `sign` when its parent ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, sign, 0, 0, 0)


def main(words: list[str]) -> None:
    """Drop to the user, ask the kernel for the signal, become the program."""
    facts, program = words[: words.index("--")], words[words.index("--") + 1 :]
    parent, sign = int(facts[0]), int(facts[1])
    if len(facts) > 2:
        name, uid, gid = facts[2], int(facts[3]), int(facts[4])
        os.initgroups(name, gid)
        os.setgid(gid)
        os.setuid(uid)
    ask_death_signal(sign)  # after setuid, which would clear it
    if os.getppid() != parent:
        sys.exit(1)
    os.execv(program[0], program)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main(sys.argv[1:])
