"""The life time of the server: started and stopped here, or used while another process runs it."""

import fcntl
import logging
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

from .cluster import make_database, prepare
from .connection import Location, socket_url
from .fault import EmbeddedFault
from .ownership import Owner, claim
from .places import DataPaths, places
from .postmaster import START_SECONDS, Postmaster, is_ready
from .program import reachable

OWNER_SECONDS = 10.0
PATIENCE_SECONDS = 60.0
logger = logging.getLogger(__name__)


@contextmanager
def running(settings: Location, *, patience_seconds: float = PATIENCE_SECONDS) -> Iterator[str]:
    """The database's URL, with the embedded server running for the length of the block.

    An external database, or a server that another process runs, is not touched. A server started
    here is stopped at the end, once other processes have left such a block, but after
    `patience_seconds` at most. Raises `EmbeddedFault` when it cannot be started.
    """
    if settings.database_url:
        yield settings.database_url
        return
    owner, paths = _claimed(settings.data_dir)
    with ExitStack() as stack:
        guests = stack.enter_context(_opened(paths.guest_lock, owner))
        fcntl.flock(guests, fcntl.LOCK_SH)
        lock = stack.enter_context(_opened(paths.owner_lock, owner))
        if _became_owner(lock, paths):
            stack.enter_context(started(paths, owner))
            stack.callback(_await_departure, guests, patience_seconds)
        with owner.acting():
            url = socket_url(paths)
        yield url


@contextmanager
def supervised(settings: Location) -> Iterator[Postmaster]:
    """The embedded server for the process that keeps it running; stopped at once at the end.

    Raises `EmbeddedFault` when another process runs it or it cannot be started.
    """
    with owned(settings) as (owner, paths), started(paths, owner) as postmaster:
        yield postmaster


@contextmanager
def owned(settings: Location) -> Iterator[tuple[Owner, DataPaths]]:
    """The sole right to run the server, without a start. Raises `EmbeddedFault` when another
    process has it."""
    owner, paths = _claimed(settings.data_dir)
    with _opened(paths.owner_lock, owner) as lock:
        if not _became_owner(lock, paths, wait=True):
            raise EmbeddedFault(
                f"The database in {paths.root} is run by another process: is the server up "
                "already? Stop it, or set another DATA_DIR."
            )
        yield owner, paths


def _claimed(data_dir: Path) -> tuple[Owner, DataPaths]:
    owner, paths = claim(data_dir), places(data_dir)
    if not owner.name:
        raise EmbeddedFault(
            f"The user id {owner.uid} has no name on this machine, and PostgreSQL asks for one. "
            "Run as a user with an entry in /etc/passwd, or set DATABASE_URL."
        )
    with owner.acting():
        paths.root.mkdir(mode=0o700, exist_ok=True)
    return owner, paths


@contextmanager
def _opened(lock: Path, owner: Owner) -> Iterator[IO[str]]:
    with owner.acting():
        stream = lock.open("a+", encoding="utf-8")
    with stream:
        yield stream


def _became_owner(lock: IO[str], paths: DataPaths, *, wait: bool = False) -> bool:
    """True: this process has the owner lock. False: another one runs the server; it is ready.

    With `wait` the lock is waited for, as a short command may have started the server.
    """
    deadline = time.monotonic() + (OWNER_SECONDS if wait else START_SECONDS)
    while time.monotonic() < deadline:
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        if not wait and is_ready(paths):
            return False
        time.sleep(0.05)
    if wait:
        return False
    raise EmbeddedFault(
        f"Another process holds {paths.owner_lock}, but its database does not answer. "
        f"See {paths.log}, and stop that process."
    )


@contextmanager
def started(paths: DataPaths, owner: Owner, binaries: Path | None = None) -> Iterator[Postmaster]:
    """A server on the data folder, by the programs in `binaries`, or those that are shipped; the
    caller has the right to run it. Raises `EmbeddedFault`."""
    binaries = binaries or reachable(owner, paths)
    prepare(paths, owner, binaries)
    postmaster = Postmaster(paths, owner, binaries / "postgres")
    try:
        postmaster.start()
        make_database(paths)
        yield postmaster
    finally:
        postmaster.stop()


def _await_departure(guests: IO[str], patience_seconds: float) -> None:
    """Wait until no other process uses the server; later ones then wait until it is stopped."""
    deadline = time.monotonic() + patience_seconds
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(guests, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        if time.monotonic() >= deadline:
            logger.warning("The database is stopped while another process uses it.")
            return
        time.sleep(0.05)
