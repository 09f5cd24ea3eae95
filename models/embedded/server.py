"""The server while it is needed: ours to start and stop, or somebody else's that we only use."""

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
from .places import Places, places
from .postmaster import START_SECONDS, Postmaster, is_ready
from .program import reachable

OWNER_SECONDS = 10.0
PATIENCE_SECONDS = 60.0
logger = logging.getLogger(__name__)


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
    owner, where = _claimed(settings.data_dir)
    with ExitStack() as stack:
        guests = stack.enter_context(_opened(where.guest_lock, owner))
        fcntl.flock(guests, fcntl.LOCK_SH)
        lock = stack.enter_context(_opened(where.owner_lock, owner))
        if _became_owner(lock, where):
            stack.enter_context(_started(where, owner))
            stack.callback(_await_departure, guests, patience_seconds)
        with owner.acting():
            url = socket_url(where)
        yield url


@contextmanager
def supervised(settings: Location) -> Iterator[Postmaster]:
    """The embedded server for whoever keeps it alive: started, and stopped without patience.

    Raises `EmbeddedFault` when another process runs it or it cannot be started.
    """
    owner, where = _claimed(settings.data_dir)
    with _opened(where.owner_lock, owner) as lock:
        if not _became_owner(lock, where, wait=True):
            raise EmbeddedFault(
                f"The database in {where.root} is run by another process: is the server up "
                "already? Stop it, or set another DATA_DIR."
            )
        with _started(where, owner) as postmaster:
            yield postmaster


def _claimed(data_dir: Path) -> tuple[Owner, Places]:
    owner, where = claim(data_dir), places(data_dir)
    if not owner.name:
        raise EmbeddedFault(
            f"The user id {owner.uid} has no name on this machine, and PostgreSQL asks for one. "
            "Run as a user with an entry in /etc/passwd, or set DATABASE_URL."
        )
    with owner.acting():
        where.root.mkdir(mode=0o700, exist_ok=True)
    return owner, where


@contextmanager
def _opened(lock: Path, owner: Owner) -> Iterator[IO[str]]:
    with owner.acting():
        stream = lock.open("a+", encoding="utf-8")
    with stream:
        yield stream


def _became_owner(lock: IO[str], where: Places, *, wait: bool = False) -> bool:
    """True: nobody runs the server and we now may. False: somebody does, and it is ready.

    With `wait` a short while is given to a command that started it for itself.
    """
    deadline = time.monotonic() + (OWNER_SECONDS if wait else START_SECONDS)
    while time.monotonic() < deadline:
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        if not wait and is_ready(where):
            return False
        time.sleep(0.05)
    if wait:
        return False
    raise EmbeddedFault(
        f"Another process holds {where.owner_lock}, but its database does not answer. "
        f"See {where.log}, and stop that process."
    )


@contextmanager
def _started(where: Places, owner: Owner) -> Iterator[Postmaster]:
    binaries = reachable(owner, where)
    prepare(where, owner, binaries)
    postmaster = Postmaster(where, owner, binaries / "postgres")
    try:
        postmaster.start()
        make_database(where)
        yield postmaster
    finally:
        postmaster.stop()


def _await_departure(guests: IO[str], patience_seconds: float) -> None:
    """Wait until nobody else uses the server; newcomers then wait until it is stopped."""
    deadline = time.monotonic() + patience_seconds
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(guests, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        if time.monotonic() >= deadline:
            logger.warning("The database is stopped while another process uses it.")
            return
        time.sleep(0.05)
