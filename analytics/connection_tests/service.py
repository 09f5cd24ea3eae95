"""Runs connection tests for admins and stores what came of them; each change has an audit entry.

A running test is a generator: closed before its end, as when its page goes, it is cancelled, its
connections are closed, and what it had measured is stored.
"""

import resource
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from threading import Lock
from uuid import UUID, uuid4

import msgspec

from analytics.permission.actor import Actor, NotAllowed
from analytics.probes.targets import Target, target_named, targets_of
from analytics.ranges.timerange import TimeRange
from models.database.engine import Database
from models.operations.connection_tests import ConnectionTests, StoredTest
from models.people.audit import Audit, AuditEntry
from settings import Settings

from .results import (
    ConnectionTest,
    ConnectionTestList,
    ConnectionTestRequest,
    NamedTarget,
    Progress,
)
from .running import RunningTest, named, running_test
from .sentences import outcome_of, sentence_of

LISTED = 100
MOST_RUNNING = 2  # in one worker
Run = Iterator[Progress]


class TooManyTests(Exception):
    """As many run as may."""


class NotTestable(Exception):
    """This kind of test cannot be run on this target."""


class NoSuchTest(Exception):
    """There is no stored test of this id."""


@dataclass(slots=True)
class Slots:
    """How many tests run in this worker."""

    running: int = 0
    lock: Lock = field(default_factory=Lock)

    def take(self) -> None:
        """Raises `TooManyTests`."""
        with self.lock:
            if self.running >= MOST_RUNNING:
                raise TooManyTests(f"{MOST_RUNNING} tests run already: wait until one has ended.")
            self.running += 1

    def free(self) -> None:
        """Give one back."""
        with self.lock:
            self.running -= 1


@dataclass(frozen=True, slots=True)
class ConnectionTesting:
    """Every method raises `DatabaseAway`; those that run or remove a test `NotAllowed`."""

    database: Database
    settings: Settings
    now: Callable[[], datetime]
    slots: Slots = field(default_factory=Slots)

    def listed(self, actor: Actor | None, window: TimeRange | None = None) -> ConnectionTestList:
        """The newest tests, and what may be tested."""
        bounds = None if window is None else (window.start, window.end)
        rows = ConnectionTests(self.database).newest(LISTED, bounds)
        return ConnectionTestList(
            tests=[msgspec.json.decode(row.result, type=ConnectionTest) for row in rows],
            targets=[
                NamedTarget(name=each.name, url=each.url, is_own=each.is_own)
                for each in targets_of(self.settings)
            ],
            may_run=actor is not None and actor.is_admin,
        )

    def start(self, actor: Actor, request: ConnectionTestRequest) -> Run:
        """A running test. Raises `NoSuchTarget`, `NotTestable` and `TooManyTests`."""
        _require_admin(actor)
        target = target_named(self.settings, request.target)
        if request.kind == "pool" and not target.is_own:
            raise NotTestable("Only our own workers are known: a pool test is of our own endpoint.")
        self.slots.take()
        run = self._run(actor, target, request)
        return chain([next(run)], run)  # begun, so that it frees its place whatever comes

    def remove(self, actor: Actor, test_id: UUID) -> None:
        """Delete a test. Raises `NoSuchTest`."""
        _require_admin(actor)
        if not ConnectionTests(self.database).remove(test_id):
            raise NoSuchTest("There is no connection test with this id.")
        self._note(actor, "removed connection test", str(test_id))

    def _run(self, actor: Actor, target: Target, request: ConnectionTestRequest) -> Run:
        began, running = self.now(), running_test(request, self.database, most_open_files)
        try:
            self._note(actor, f"ran {request.kind} test", target.name)
            yield Progress(text="starting")
            try:
                yield from running.run(target)
            except GeneratorExit:
                self._store(actor, request, began, running, is_cancelled=True)
                raise
            yield Progress(result=self._store(actor, request, began, running))
        finally:
            self.slots.free()

    def _store(
        self, actor: Actor, request: ConnectionTestRequest, began: datetime, running: RunningTest,
        *, is_cancelled: bool = False,
    ) -> ConnectionTest:  # fmt: skip
        result = running.result
        test = ConnectionTest(
            id=uuid4(), kind=request.kind, target=request.target, started_at=began,
            ended_at=max(began, self.now()), started_by=actor.name,
            outcome="cancelled" if is_cancelled else outcome_of(result),
            sentence=sentence_of(result), **named(result),  # type: ignore[arg-type]  # by its kind
        )  # fmt: skip
        ConnectionTests(self.database).add(StoredTest(test.id, began, msgspec.json.encode(test)))
        return test

    def _note(self, actor: Actor, action: str, subject: str) -> None:
        Audit(self.database).record(AuditEntry(self.now(), actor.name, action, subject, {}))


def most_open_files() -> int:
    """How many files a worker may have open (`ulimit -n`)."""
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def _require_admin(actor: Actor) -> None:
    if not actor.is_admin:
        raise NotAllowed("Only an admin may do this.")
