"""What each sender brought to each app in the last five to ten minutes, in two halves.

A half is five minutes; the older one is forgotten whole. Memory is bounded: so many apps, senders
and sessions in a half, those beyond are not counted apart. Loads are rows of memory that workers of
a node share; what is remembered beside them is numbers and exact tuples of them: the garbage
collector does not search these, and there are a hundred thousand of them.
"""

from collections.abc import Iterator
from operator import add
from uuid import UUID

from .amounts import Amounts
from .population import Floats, Integers, Load, by_app
from .session_bound import SessionUse
from .session_time import Times
from .shared_loads import SharedLoads

HALF_SECONDS = 300
MOST_SESSIONS = 100_000
MOST_SENDERS = 50_000
MOST_APPS = 200
MOST_LISTED = 2_000  # sessions of a sender
ALL_APPS = ""
NONE: dict[int, int] = {}


class _Half:
    __slots__ = ("apps", "sessions", "started")

    def __init__(self) -> None:
        self.sessions: dict[int, tuple[float, float, int, Times]] = {}
        self.apps: dict[str, dict[int, int]] = {ALL_APPS: {}}  # rows of senders
        self.started: dict[int, tuple[int, ...]] = {}


class SenderLoads:
    """The loads of one process, beside those of all workers of the node. Senders are hashes."""

    def __init__(self, node: SharedLoads) -> None:
        self._rows = node.claim()
        self._node = self._rows.node
        self._slot = 0
        self._now, self._before = _Half(), _Half()

    @property
    def key(self) -> bytes:
        """The key of the hashes of senders."""
        return self._node.key

    def advance(self, at: float) -> None:
        """Forget what is older than two halves at the second `at`; a clock that is put back by a
        half forgets nothing, by more all: until it is as late again, all would add up."""
        slots = int(at // HALF_SECONDS) - self._slot
        if slots > 0 or slots < -1:
            self._before = self._now if slots == 1 else _Half()
            self._now = _Half()
            self._slot += slots
            self._rows.begin(self._slot)

    def use_of(self, session: UUID) -> SessionUse:
        """What a session has added; of a new one nothing."""
        number = session.int
        stored = self._now.sessions.get(number) or self._before.sessions.get(number)
        return SessionUse(*stored) if stored else SessionUse()

    def remember(self, session: UUID, use: SessionUse) -> None:
        """Remember what a session has added."""
        sessions = self._now.sessions
        if len(sessions) >= MOST_SESSIONS and session.int not in sessions:
            self._before.sessions, self._now.sessions = sessions, {}
        self._now.sessions[session.int] = (use.minutes, use.untaken, use.sender, use.times)

    def add(self, sender: int, app: str, session: UUID, amounts: Amounts, *, is_new: bool) -> None:
        """Add a report to the load of its sender; `is_new`: the first of its session from it in
        this process."""
        if is_new:
            listed = self._now.started.get(sender, ())
            if len(listed) < MOST_LISTED:
                self._now.started[sender] = (*listed, session.int)
        is_first = self._node.is_first(session, sender, self._slot)
        for name in (ALL_APPS, app):
            row = self._row(name, sender)
            if row:
                self._rows.add(row, is_first, amounts)

    def _row(self, app: str, sender: int) -> int:
        """The row of a sender, made where there is none; 0 beyond a bound."""
        apps = self._now.apps
        rows = apps.get(app)
        if rows is None:
            if len(apps) > MOST_APPS:
                return 0
            rows = apps[app] = {}
        row = rows.get(sender, 0)
        if not row and len(rows) < MOST_SENDERS:
            row = self._rows.new_row(hash(app), sender)
            if row:
                rows[sender] = row
        return row

    @property
    def fullest_senders(self) -> int:
        """The senders of this half that are counted in the app with most, of `MOST_SENDERS`."""
        return max(map(len, self._now.apps.values()))

    @property
    def pairs(self) -> int:
        """The pairs of sender and app of this half, of `shared_loads.MOST_ROWS`."""
        return self._rows.rows

    @property
    def sessions(self) -> int:
        """The sessions of this half, of `MOST_SESSIONS`."""
        return len(self._now.sessions)

    def load(self, app: str, sender: int) -> Load:
        """What a sender brought to this process."""
        now = self._rows.load(self._now.apps.get(app, NONE).get(sender, 0))
        before = self._before.apps.get(app, NONE).get(sender, 0)
        return Load(*now) if not before else Load(*map(add, now, self._rows.load(before)))

    def of_node(self) -> Iterator[tuple[int, Integers, Floats]]:
        """The hash of each app, its senders, and the load (senders, 4) that each brought to all
        workers of the node."""
        rows = self._node.rows(self._slot)
        return by_app(rows["app"], rows["sender"], rows["load"])

    def take_sessions(self, sender: int) -> list[UUID]:
        """The sessions a sender started, at most `MOST_LISTED` a half; they are listed no more."""
        numbers = self._before.started.pop(sender, ()) + self._now.started.pop(sender, ())
        return [UUID(int=number) for number in numbers]
