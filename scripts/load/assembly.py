"""From a finished run to its report."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import uuid4

import msgspec

from analytics.load_tests.agreement import differences
from analytics.load_tests.distribution import of_values
from analytics.load_tests.report import (
    Generator,
    LoadTestReport,
    Outcome,
    RunConnections,
    RunMessages,
    RunVerdict,
    ServerSide,
    steady_windows,
)
from analytics.load_tests.verdict import GENERATOR_CAUSES, generator_limits, judge

from . import preflight
from .clients.tally import Tally, Windows
from .clients.watch import open_files
from .options import Options

_UNJUDGED = RunVerdict(outcome=Outcome.STOPPED, sentence="")


class Finished(Protocol):
    """What a run measured; `lags` are those of its event loop, in ms."""

    @property
    def tally(self) -> Tally: ...

    @property
    def windows(self) -> Windows: ...

    @property
    def lags(self) -> Sequence[float]: ...

    @property
    def is_stopped(self) -> bool: ...


def report_of(
    run: Finished, options: Options, began: datetime, ended: datetime, server: ServerSide | None
) -> LoadTestReport:
    """The report with its verdict. `server` is the server's own count, if it could be read."""
    connections, messages = _connections(run), _messages(run)
    if server is not None:
        sentences = list(differences(options.plan, server, connections, messages))
        server = msgspec.structs.replace(server, differences=sentences)
    report = LoadTestReport(
        id=uuid4(), started_at=began, ended_at=ended, note=options.note, plan=options.plan,
        thresholds=options.thresholds, connections=connections, messages=messages,
        round_trip=run.windows.round_trip(), windows=run.windows.cut_windows,
        generator=_generator(run, options, messages), recovery=run.tally.recovery, server=server,
        verdict=_UNJUDGED,
    )  # fmt: skip
    ghosts = server.active if server is not None else 0
    return msgspec.structs.replace(
        report, verdict=judge(report, is_stopped=run.is_stopped, ghosts=ghosts)
    )


def _connections(run: Finished) -> RunConnections:
    tally = run.tally
    return RunConnections(
        attempted=tally.attempted, connected=tally.connected, most_open=tally.most_open,
        failed=dict(tally.failed), dropped=dict(tally.dropped), closed=dict(tally.closed),
        not_back=0 if run.is_stopped else tally.stormed - tally.back,
        handshake=of_values(tally.handshakes),
    )  # fmt: skip


def _messages(run: Finished) -> RunMessages:
    tally = run.tally
    return RunMessages(
        offered=tally.offered, sent=tally.sent, expected=tally.expected, received=tally.received,
        lost=tally.lost, garbled=tally.garbled, cut=tally.cut,
    )  # fmt: skip


def _generator(run: Finished, options: Options, messages: RunMessages) -> Generator:
    steady = steady_windows(options.plan, run.windows.cut_windows)
    cpu = sum(window.cpu for window in steady) / max(1, len(steady))
    lag, late = of_values(run.lags).p99, run.windows.late().p99
    limits = [*generator_limits(cpu, lag, late, messages), *_exhausted(run)]
    return Generator(
        cpu=round(cpu, 3), loop_lag_p99=lag, late_p99=late, open_files=open_files(),
        most_files=preflight.most_files(), limits=limits,
    )  # fmt: skip


def _exhausted(run: Finished) -> list[str]:
    return sorted(GENERATOR_CAUSES & set(run.tally.failed))
