"""The agent of one process: counts, makes samples, and hands them to a thread of its own."""

from __future__ import annotations

import atexit
import logging
import os
import signal
import socket
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Optional, TypedDict
from uuid import NAMESPACE_URL, uuid4, uuid5

from . import __version__
from .connection import Connection, TypedConnection
from .delivery import Delivery
from .process import ProcessMeter, start_of_service
from .tally import MessageType, Tally

if TYPE_CHECKING:
    from typing_extensions import Required

LOST, MOST_ROOMS, LONGEST_ROOM = 1006, 50, 128
LONGEST_WAIT, REQUEST_SECONDS, LAST_SECONDS = 300.0, 10.0, 3.0
# What no server tells an agent; each face adds its own.
NEVER_COUNTED = ("broadcast", "processing", "loop_lag", "outbox_bytes")
logger = logging.getLogger("wsmon_agent")


class Options(TypedDict, total=False):
    """What every `monitor` takes beside the address of the service.

    `user` names the user of a handshake (ASGI scope, Flask or aiohttp request, connection of
    `websockets`, handler of tornado), `message_type` the type of a payload, `rooms` gives the
    members of each room now. `interval_seconds` lie between two samples.
    """

    token: Required[str]
    service: Required[str]
    app: str
    release: str
    instance: str
    interval_seconds: float
    user: Callable[[Any], Optional[str]]  # noqa: UP045 - read at run time
    message_type: MessageType
    rooms: Callable[[], Mapping[str, int]]


class Agent:
    """Counts and delivers. Its thread starts with the first connection, so after any fork."""

    def __init__(self, url: str, face: str, **options: Any) -> None:
        unknown = options.keys() - Options.__annotations__.keys()
        if unknown or not options.get("token") or not options.get("service"):
            raise TypeError(f"needs token and service, does not know {sorted(unknown)}")
        self._url, self._face, self._options = url, face, options
        self._kind = TypedConnection if "message_type" in options else Connection
        self._interval = float(options.get("interval_seconds", 15.0))
        self._server, self._not_counted = face, frozenset(self._never())
        self._reset()
        os.register_at_fork(after_in_child=self._reset)
        self.watch_sigterm()
        atexit.register(self.close)

    def _reset(self) -> None:
        """Begin anew: what was counted before a fork is the parent's."""
        self.tally = Tally(self._options.get("message_type"))
        self._open: set[Connection] = set()
        self._users: Counter[int] = Counter()
        self._process, self._started = ProcessMeter(), datetime.now(timezone.utc)
        self._since = self._started
        self._delivery = Delivery(self._url, self._options["token"], self._start_event())
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._is_closed = False
        self._pid = os.getpid()

    def serves(self, distribution: str, name: str = "", not_counted: tuple[str, ...] = ()) -> None:
        """Say which server this is, and what it does not tell."""
        try:
            self._server = f"{name or distribution} {version(distribution)}"
        except PackageNotFoundError:
            self._server = name or distribution
        self._not_counted = frozenset((*self._never(), *not_counted))

    def start(self) -> None:
        """Start to deliver, as the first connection does by itself."""
        with self.tally.lock:
            if self._thread is None and not self._stop.is_set():
                self._thread = threading.Thread(target=self._run, name="wsmon-agent", daemon=True)
                self._thread.start()

    def open(self, handshake: Any = None, correlation: str | None = None) -> Connection:
        """Count a connection that was accepted."""
        connection = self._kind(self, self._user_of(handshake), correlation)
        with self.tally.lock:
            self.tally.opened += 1
            self._open.add(connection)
            if connection.user is not None:
                self._users[connection.user] += 1
        if self._thread is None:
            self.start()
        return connection

    def reject(self, status: int) -> None:
        """Count a handshake that was refused with an HTTP status."""
        self.tally.add_rejected(status)
        if self._thread is None:
            self.start()

    def forget(self, connection: Connection) -> bool:
        """Whether the connection was open until now."""
        with self.tally.lock:
            if connection not in self._open:  # nor is one of before a fork
                return False
            connection.is_open = False
            self._open.remove(connection)
            self.tally.add_messages(connection)
            user = connection.user
            if user is not None:
                self._users[user] -= 1
                if not self._users[user]:
                    del self._users[user]
            return True

    def flush(self, seconds: float = REQUEST_SECONDS) -> bool:
        """Send everything counted so far; False when something waits."""
        self._gather()
        return self._delivery.send(seconds)

    def close(self) -> None:
        """Count what is open as ended by this stop, send it, and end the thread. What is counted
        later goes with another `close`."""
        if self._pid != os.getpid() or self._thread is None:
            return
        self._stop.set()
        for connection in list(self._open):
            connection.end(LOST, "server")
        if not self._is_closed or self.tally.closed or self.tally.received or self.tally.rejected:
            self.flush(LAST_SECONDS)
        self._is_closed = True

    def _run(self) -> None:
        stop, wait = self._stop, self._interval
        while not stop.wait(wait):
            wait = self._interval if self._step() else min(2 * wait, LONGEST_WAIT)

    def _step(self) -> bool:
        try:
            return self.flush()
        except Exception:  # the host goes on, whatever happens here
            logger.exception("WebSocket figures could not be made")
            return False

    def _gather(self) -> None:
        with self.tally.lock:
            for connection in self._open:
                self.tally.add_messages(connection)
            sample, active, named = self.tally.take(), len(self._open), sum(self._users.values())
            users = len(self._users) + active - named if "user" in self._options else None
            start, self._since = self._since, datetime.now(timezone.utc)
        sample["connections"].update(active=active, unique_users=users)
        sample["performance"].update(self._process.take())
        period = {"period_start": start, "period_end": self._since}
        rooms = {"rooms": self._room_fields()}
        self._delivery.add(
            {"sample_id": str(uuid4()), **period, **self._source(), **sample, **rooms}
        )

    def _source(self) -> dict[str, Any]:
        options = self._options
        return {
            "service": options["service"],
            "app": options.get("app", "default"),
            "instance": options.get("instance") or f"{socket.gethostname()}:{os.getpid()}",
            "agent": {
                "version": __version__,
                "face": self._face,
                "server": self._server,
                "release": options.get("release"),
                "not_counted": sorted(self._not_counted),
            },
        }

    def _room_fields(self) -> dict[str, Any]:
        try:
            members = dict(self._options["rooms"]()) if "rooms" in self._options else {}
        except Exception:  # noqa: BLE001 - the host's own function; rooms change while it reads
            members = {}
        largest = sorted(filter(None, members), key=lambda room: -members[room])[:MOST_ROOMS]
        top = [{"room": room[:LONGEST_ROOM], "members": members[room]} for room in largest]
        return {"active": len(members), "members": sum(members.values()), "top": top}

    def _never(self) -> tuple[str, ...]:
        optional = {"user": "users", "message_type": "by_type", "rooms": "rooms"}
        absent = (name for key, name in optional.items() if key not in self._options)
        return (*NEVER_COUNTED, *absent)

    def _user_of(self, handshake: Any) -> int | None:
        try:
            name = self._options["user"](handshake) if "user" in self._options else None
        except Exception:  # noqa: BLE001 - the host's own function never refuses a connection
            name = None
        return None if name is None else hash(name)

    def _start_event(self) -> dict[str, Any]:
        """Of this start: the same for all workers of it, so that it is marked once."""
        service, host = self._options["service"], socket.gethostname()
        release, app = self._options.get("release"), self._options.get("app", "default")
        start = f"wsmon:start:{service}:{app}:{release}:{host}:{start_of_service()}"
        title = " ".join(filter(None, (service, release, "started on", host)))
        return {
            "event_id": str(uuid5(NAMESPACE_URL, start)),
            "kind": "deploy" if release else "restart",
            "title": title[:128],
            "at": self._started,
            "app": app,
        }

    def watch_sigterm(self, *, always: bool = False) -> None:
        """Send the last figures at a SIGTERM that nobody handles, or `always`: where the server
        leaves its sockets open until it is killed."""
        if threading.current_thread() is threading.main_thread():
            before = signal.getsignal(signal.SIGTERM)
            if before is signal.SIG_DFL or (always and callable(before)):
                signal.signal(signal.SIGTERM, partial(self._on_sigterm, before))

    def _on_sigterm(self, before: Any, number: int, frame: object) -> None:
        """In a thread, as nothing may block here: in an event loop, or in the hub of gevent."""
        signal.signal(number, before)
        threading.Thread(target=self._end, args=(before,), daemon=True).start()
        if callable(before):
            before(number, frame)

    def _end(self, before: Any) -> None:
        self.close()
        if before is signal.SIG_DFL:
            os.kill(os.getpid(), signal.SIGTERM)
