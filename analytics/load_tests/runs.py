"""Stored load tests: what API and pages read and do. Each change has an audit entry."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from analytics.permission.actor import Actor, InvalidChange, NotAllowed
from analytics.ranges.timerange import TimeRange
from models.database.engine import Database
from models.operations.load_tests import (
    MOST_LOAD_TESTS,
    LoadTests,
    StoredLoadTest,
    TooManyLoadTests,
)
from models.people.audit import Audit, AuditEntry

from . import windows
from .comparison import Difference, compared
from .report import LoadTestReport, Outcome
from .windows import LoadTestBand

LISTED = 200
NO_SUCH = "There is no load test with this id."


class LoadTestRow(msgspec.Struct, frozen=True, kw_only=True):
    """A run in a list: what it did, what came of it. Durations ms, `per_second` messages received
    a second in the steady phase. One run at most of a `target`, profile and scenario is the
    baseline."""

    id: UUID
    started_at: datetime
    ended_at: datetime
    release: str
    profile: str
    scenario: str
    connections: int
    connected: int
    lost: int
    p95: float | None
    p99: float | None
    n: int
    per_second: float | None
    recovery: float | None
    outcome: Outcome
    sentence: str
    stored_by: str = ""
    note: str = ""
    target: str = ""
    is_baseline: bool = False


class LoadTestList(msgspec.Struct, frozen=True, kw_only=True):
    """Runs, the newest first."""

    load_tests: list[LoadTestRow]


class LoadTestComparison(msgspec.Struct, frozen=True, kw_only=True):
    """How a run differs from the one before it."""

    now: LoadTestRow
    before: LoadTestRow
    differences: list[Difference]


class NoSuchLoadTest(Exception):
    """There is no stored run of this id."""


class LoadTestConflict(Exception):
    """Another run is stored under this id, or there is no room for more."""


@dataclass(frozen=True, slots=True)
class LoadTestRuns:
    """Every method raises `DatabaseAway`; those of one run `NoSuchLoadTest`."""

    database: Database
    now: Callable[[], datetime]

    def listed(self, window: TimeRange | None = None) -> LoadTestList:
        """The newest runs, at most `LISTED`; those that overlap a range."""
        bounds = None if window is None else (window.start, window.end)
        rows = LoadTests(self.database).newest(LISTED, bounds)
        return LoadTestList(load_tests=[_row_of(row) for row in rows])

    def bands(self, window: TimeRange) -> list[LoadTestBand]:
        """When load tests ran in a range, stored or not."""
        return windows.read(self.database, window)

    def baselines(self) -> LoadTestList:
        """The runs that are marked as baselines."""
        rows = map(_row_of, LoadTests(self.database).newest(MOST_LOAD_TESTS))
        return LoadTestList(load_tests=[row for row in rows if row.is_baseline])

    def report(self, run_id: UUID) -> LoadTestReport:
        """All of a run."""
        stored = LoadTests(self.database).report(run_id)
        if stored is None:
            raise NoSuchLoadTest(NO_SUCH)
        return msgspec.json.decode(stored, type=LoadTestReport)

    def compared(self, run_id: UUID, before_id: UUID) -> LoadTestComparison:
        """How a run differs from another. Raises `InvalidChange` when their plans differ."""
        now, before = self.report(run_id), self.report(before_id)
        try:
            differences = compared(now, before)
        except ValueError as fault:
            raise InvalidChange(str(fault)) from None
        return LoadTestComparison(
            now=summary_of(now), before=summary_of(before), differences=differences
        )

    def against_baseline(self, run_id: UUID) -> LoadTestComparison:
        """How a run differs from the baseline of tests like it. Raises `NoSuchLoadTest` where none
        is marked, `InvalidChange` when their plans differ."""
        test = _test_of(summary_of(self.report(run_id)))
        for row in self.baselines().load_tests:
            if _test_of(row) == test:
                return self.compared(run_id, row.id)
        raise NoSuchLoadTest("No run of this target, profile and scenario is the baseline.")

    def mark_baseline(self, actor: Actor, run_id: UUID) -> LoadTestRow:
        """Make a run the baseline of tests like it, instead of another. Raises `NotAllowed`."""
        _check(actor)
        test = _test_of(summary_of(self.report(run_id)))

        def revised(each_id: UUID, summary: bytes) -> bytes | None:
            row = msgspec.json.decode(summary, type=LoadTestRow)
            if each_id == run_id:
                return _marked(row, test, is_baseline=True)
            is_replaced = row.is_baseline and _test_of(row) == test
            return _marked(row, test, is_baseline=False) if is_replaced else None

        LoadTests(self.database).revise(revised)
        self._record(actor, "marked baseline of load tests", run_id)
        return self._row(run_id)

    def unmark_baseline(self, actor: Actor, run_id: UUID) -> None:
        """Let a run no longer be the baseline. Raises `NotAllowed`."""
        _check(actor)
        test = _test_of(summary_of(self.report(run_id)))

        def revised(each_id: UUID, summary: bytes) -> bytes | None:
            row = msgspec.json.decode(summary, type=LoadTestRow)
            return _marked(row, test, is_baseline=False) if each_id == run_id else None

        LoadTests(self.database).revise(revised)
        self._record(actor, "unmarked baseline of load tests", run_id)

    def store(self, actor: Actor, report: LoadTestReport) -> LoadTestRow:
        """Store a run; the same again changes nothing. Raises `LoadTestConflict`."""
        row = msgspec.structs.replace(summary_of(report), stored_by=actor.name)
        body = msgspec.json.encode(report)
        run = StoredLoadTest(
            report.id, report.started_at, report.ended_at, self.now(), actor.name,
            msgspec.json.encode(row), body,
        )  # fmt: skip
        try:
            stored = LoadTests(self.database).add(run)
        except TooManyLoadTests:
            raise LoadTestConflict(
                f"{MOST_LOAD_TESTS:,} runs are stored. Delete some first."
            ) from None
        if stored.report != body:
            raise LoadTestConflict("Another run is stored under this id.")
        return _row_of(stored)

    def remove(self, actor: Actor, run_id: UUID) -> None:
        """Delete a run. Raises `NotAllowed`."""
        _check(actor)
        if not LoadTests(self.database).remove(run_id):
            raise NoSuchLoadTest(NO_SUCH)
        self._record(actor, "removed load test", run_id)

    def _row(self, run_id: UUID) -> LoadTestRow:
        rows = LoadTests(self.database).newest(MOST_LOAD_TESTS)
        for stored in rows:
            if stored.id == run_id:
                return _row_of(stored)
        raise NoSuchLoadTest(NO_SUCH)

    def _record(self, actor: Actor, action: str, run_id: UUID) -> None:
        entry = AuditEntry(self.now(), actor.name, action, str(run_id), {})
        Audit(self.database).record(entry)


def summary_of(report: LoadTestReport) -> LoadTestRow:
    """What a list shows of a run."""
    plan, trips = report.plan, report.round_trip
    return LoadTestRow(
        id=report.id, started_at=report.started_at, ended_at=report.ended_at,
        release=report.release, profile=plan.profile, scenario=plan.scenario,
        connections=plan.connections, connected=report.connections.connected,
        lost=report.messages.lost, p95=trips.p95, p99=trips.p99, n=trips.n,
        per_second=trips.n / plan.steady if trips.n else None, recovery=report.recovery,
        outcome=report.verdict.outcome, sentence=report.verdict.sentence, note=report.note,
        target=plan.url,
    )  # fmt: skip


def _check(actor: Actor) -> None:
    if not actor.is_admin:
        raise NotAllowed("Only an admin may do this.")


def _test_of(row: LoadTestRow) -> tuple[str, str, str]:
    """What a baseline is one of."""
    return row.target, row.profile, row.scenario


def _marked(row: LoadTestRow, test: tuple[str, str, str], *, is_baseline: bool) -> bytes:
    target, _, _ = test
    return msgspec.json.encode(msgspec.structs.replace(row, target=target, is_baseline=is_baseline))


def _row_of(stored: StoredLoadTest) -> LoadTestRow:
    return msgspec.json.decode(stored.summary, type=LoadTestRow)
