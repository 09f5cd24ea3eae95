"""The server process: started as our child, found when somebody else runs it, stopped in order."""

import ctypes
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

import psycopg2

from .cluster import prepare
from .connection import DATABASE, ROLE, Location, socket_url
from .fault import EmbeddedFault
from .ownership import Owner, reachable_binaries, server_owner
from .places import Places, places, shipped_binaries

START_SECONDS = 60
STOP_SECONDS = 6
LEFTOVER_SECONDS = 10
PATIENCE_SECONDS = 60
PR_SET_PDEATHSIG = 1


@contextmanager
def running(settings: Location, *, patience_seconds: float = PATIENCE_SECONDS) -> Iterator[str]:
    """The database's URL, with the embedded server up for the length of the block.

    An external database, or a server another process of ours runs, is left alone. A server
    started here is stopped at the end, after other processes inside such a block have left it,
    but `patience_seconds` later at most. Raises `EmbeddedFault` when it cannot be started.
    """
    if settings.database_url:
        yield settings.database_url
        return
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    owner = server_owner()
    where = places(settings.data_dir)
    owner.give(where.root)
    if not owner.can_enter(where.root):
        raise EmbeddedFault(
            f"The user {owner.name} runs the database and cannot enter {where.root}: a folder "
            "above it is closed to him. Set DATA_DIR elsewhere, such as "
            "/var/lib/websocket-analytics."
        )
    with ExitStack() as stack:
        lock = stack.enter_context(where.owner_lock.open("a+"))
        guests = stack.enter_context(where.guest_lock.open("a+"))
        fcntl.flock(guests, fcntl.LOCK_SH)
        if _became_owner(lock, where):
            stack.enter_context(_server(where, owner))
            stack.callback(_await_departure, guests, patience_seconds)
        yield socket_url(where)


def answers(where: Places, database: str = "postgres") -> bool:
    """Whether a server answers on the socket."""
    try:
        psycopg2.connect(
            dbname=database, user=ROLE, host=str(where.socket_folder()), connect_timeout=2
        ).close()
    except psycopg2.OperationalError:
        return False
    return True


def _became_owner(lock: IO[str], where: Places) -> bool:
    """True: nobody runs the server and we now may. False: somebody does, and it answers."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        if answers(where, DATABASE):
            return False
        time.sleep(0.05)
    raise EmbeddedFault(
        f"Another process holds {where.owner_lock} but its database does not answer. "
        f"See {where.root}/log, and stop that process."
    )


def _await_departure(guests: IO[str], patience_seconds: float) -> None:
    """Wait until nobody else uses the server; newcomers then wait until it is stopped."""
    deadline = time.monotonic() + patience_seconds
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(guests, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        if time.monotonic() >= deadline:
            return
        time.sleep(0.05)


@contextmanager
def _server(where: Places, owner: Owner) -> Iterator[None]:
    binaries = reachable_binaries(owner, shipped_binaries(), where)
    prepare(where, owner, binaries)
    _stop_leftover(where)
    process = _start(where, owner, binaries / "postgres")
    try:
        _await(process, where)
        _create_database(where)
        yield
    finally:
        _stop(process)


def _start(where: Places, owner: Owner, program: os.PathLike[str]) -> subprocess.Popen[bytes]:
    folder = where.socket_folder()
    owner.give(folder)
    parent = os.getpid()
    with where.log.open("wb") as log:
        return subprocess.Popen(
            [program, "-D", where.cluster, "-k", folder],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,
            preexec_fn=lambda: _die_with(parent),  # noqa: PLW1509 - no other thread runs yet
            **owner.identity(),
        )


def _die_with(parent: int) -> None:
    """In the child: a fast shutdown when the parent dies, even by SIGKILL (prctl(2))."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)
    if os.getppid() != parent:
        os._exit(1)


def _await(process: subprocess.Popen[bytes], where: Places) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not answers(where):
        if process.poll() is not None or time.monotonic() > deadline:
            said = where.log.read_text(encoding="utf-8", errors="replace").strip()
            raise EmbeddedFault(
                f"The embedded PostgreSQL did not start. It said: {said[-600:] or 'nothing'} "
                f"More in {where.root}/log."
            )
        time.sleep(0.02)


def _create_database(where: Places) -> None:
    connection = psycopg2.connect(dbname="postgres", user=ROLE, host=str(where.socket_folder()))
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,))
            if cursor.fetchone() is None:
                cursor.execute(f'CREATE DATABASE "{DATABASE}"')
    finally:
        connection.close()


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Fast shutdown; immediate when that takes too long."""
    for sign in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        with suppress(ProcessLookupError):
            process.send_signal(sign)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        return


def _stop_leftover(where: Places) -> None:
    """Stop a server whose starter is gone: nobody else holds the lock, so it is ours."""
    pid = _leftover(where)
    deadline = time.monotonic() + LEFTOVER_SECONDS
    for sign in (signal.SIGINT, signal.SIGQUIT):
        while pid and _leftover(where) == pid and time.monotonic() < deadline:
            with suppress(ProcessLookupError):
                os.kill(pid, sign)
            time.sleep(0.05)
        deadline += LEFTOVER_SECONDS


def _leftover(where: Places) -> int | None:
    """Process id in `postmaster.pid`, when it is a live server of this very folder."""
    try:
        lines = (where.cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        pid = int(lines[0])
        folder = Path(f"/proc/{pid}/cwd").readlink()
        return pid if folder == where.cluster.resolve() else None
    except (OSError, ValueError, IndexError):
        return None
