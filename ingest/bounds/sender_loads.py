"""What each sender brought to each app in the last five to ten minutes, in two halves.

A half is five minutes; the older one is forgotten whole. Memory is bounded: so many apps, senders
and sessions in a half, those beyond are not counted apart. What is remembered is exact tuples of
numbers: the garbage collector does not search these, and there are a hundred thousand of them.
"""

from collections.abc import Iterator
from operator import add
from uuid import UUID

from .amounts import Amounts
from .population import NOTHING, Load, LoadValues, added
from .session_bound import SessionUse

HALF_SECONDS = 300
MOST_SESSIONS = 100_000
MOST_SENDERS = 50_000
MOST_APPS = 200
MOST_LISTED = 2_000  # sessions of a sender
ALL_APPS = ""


class _Half:
    __slots__ = ("apps", "sessions", "started")

    def __init__(self) -> None:
        self.sessions: dict[int, tuple[float, float, int]] = {}
        self.apps: dict[str, dict[int, LoadValues]] = {ALL_APPS: {}}
        self.started: dict[int, tuple[int, ...]] = {}


class SenderLoads:
    """The loads of one process. Senders are hashes."""

    def __init__(self) -> None:
        self._slot = 0
        self._now, self._before = _Half(), _Half()

    def advance(self, at: float) -> None:
        """Forget what is older than two halves at the second `at`; a clock that is put back
        forgets nothing."""
        slots = int(at // HALF_SECONDS) - self._slot
        if slots > 0:
            self._before = self._now if slots == 1 else _Half()
            self._now = _Half()
            self._slot += slots

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
        self._now.sessions[session.int] = (use.minutes, use.untaken, use.sender)

    def add(self, sender: int, app: str, session: UUID, amounts: Amounts, *, is_new: bool) -> None:
        """Add a report to the load of its sender; `is_new`: the first of its session from it."""
        if is_new:
            listed = self._now.started.get(sender, ())
            if len(listed) < MOST_LISTED:
                self._now.started[sender] = (*listed, session.int)
        apps = self._now.apps
        for name in (ALL_APPS, app):
            loads = apps.get(name)
            if loads is None:
                if len(apps) > MOST_APPS:
                    continue
                loads = apps[name] = {}
            load = loads.get(sender)
            if load is None and len(loads) >= MOST_SENDERS:
                continue
            loads[sender] = added(load or NOTHING, is_new, amounts)

    @property
    def senders(self) -> int:
        """About how many senders were heard."""
        return len(self._now.apps[ALL_APPS]) + len(self._before.apps[ALL_APPS])

    @property
    def fullest_senders(self) -> int:
        """The senders of this half that are counted in the app with most, of `MOST_SENDERS`."""
        return max(map(len, self._now.apps.values()))

    @property
    def sessions(self) -> int:
        """The sessions of this half, of `MOST_SESSIONS`."""
        return len(self._now.sessions)

    def apps(self) -> set[str]:
        """The apps heard of, and `ALL_APPS`."""
        return {*self._now.apps, *self._before.apps}

    def load(self, app: str, sender: int) -> Load:
        """The load of a sender."""
        now = self._now.apps.get(app, {}).get(sender, NOTHING)
        before = self._before.apps.get(app, {}).get(sender)
        return Load(*now) if before is None else _both(now, before)

    def loads(self, app: str) -> Iterator[tuple[int, Load]]:
        """The loads of all senders of an app."""
        now, before = self._now.apps.get(app, {}), self._before.apps.get(app, {})
        for sender, load in now.items():
            yield sender, _both(load, before[sender]) if sender in before else Load(*load)
        yield from ((sender, Load(*load)) for sender, load in before.items() if sender not in now)

    def take_sessions(self, sender: int) -> list[UUID]:
        """The sessions a sender started, at most `MOST_LISTED` a half; they are listed no more."""
        numbers = self._before.started.pop(sender, ()) + self._now.started.pop(sender, ())
        return [UUID(int=number) for number in numbers]


def _both(now: LoadValues, before: LoadValues) -> Load:
    return Load(*map(add, now, before))
