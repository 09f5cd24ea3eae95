"""Whether a run held, what broke first, and whether the generator was to blame. Pure."""

from collections.abc import Iterator, Sequence
from math import inf
from typing import NamedTuple

from analytics.formatting.numbers import count, duration_text, plural, seconds_text

from .report import (
    LoadTestReport,
    Outcome,
    RunMessages,
    RunVerdict,
    Thresholds,
    phases,
    steady_windows,
)

MOST_CPU = 0.9
MOST_LAG_MS = 50.0
LEAST_SENT = 0.99
TIMED_OUT = "no answer to the handshake in time"
OUT_OF_FILES = "the generator is out of open files"
OUT_OF_PORTS = "the generator is out of local ports"
GENERATOR_CAUSES = {OUT_OF_FILES, OUT_OF_PORTS}  # of failed attempts


def generator_limits(
    cpu: float, loop_lag_p99: float | None, late_p99: float | None, messages: RunMessages
) -> Iterator[str]:
    """Sentences on what kept the generator from doing what was asked of it; none if nothing did."""
    if cpu > MOST_CPU:
        yield f"it used {cpu:.0%} of one core, which is all that one process can"
    if loop_lag_p99 is not None and loop_lag_p99 > MOST_LAG_MS:
        yield f"its event loop was {duration_text(loop_lag_p99)} late (p99)"
    if late_p99 is not None and late_p99 > MOST_LAG_MS:
        yield f"messages were sent {duration_text(late_p99)} after they were due (p99)"
    if messages.sent < LEAST_SENT * messages.offered:
        yield f"it sent {count(messages.sent)} of {count(messages.offered)} messages that were due"


class _Break(NamedTuple):
    """A threshold that broke, at a time in seconds since the start; what is known only after the
    end has none. A generator at its limit excuses times, but nothing that went wrong: it neither
    drops connections nor loses messages."""

    at: float
    sentence: str
    is_excusable: bool = False


def judge(report: LoadTestReport, *, is_stopped: bool = False, ghosts: int = 0) -> RunVerdict:
    """The verdict on a report whose own verdict is not made yet; `ghosts` are connections that the
    server still counted after all had left."""
    breaks = sorted(_breaks(report, ghosts), key=lambda each: each.at)
    broken = [each.sentence for each in breaks]
    is_excused = bool(report.generator.limits) and all(each.is_excusable for each in breaks)
    outcome = _outcome(broken, is_excused=is_excused, is_stopped=is_stopped)
    return RunVerdict(outcome=outcome, sentence=_sentence(outcome, report, broken), broken=broken)


def _breaks(report: LoadTestReport, ghosts: int) -> Iterator[_Break]:
    yield from _slow(report)
    yield from _recovery(report)
    yield from _failures(report)
    yield from (_Break(inf, each) for each in _lost(report.thresholds, report.messages))
    yield from (_Break(inf, each) for each in _ghosts(ghosts))


def _outcome(broken: Sequence[str], *, is_excused: bool, is_stopped: bool) -> Outcome:
    if is_stopped:
        return Outcome.STOPPED
    if broken and is_excused:
        return Outcome.GENERATOR_LIMIT
    return Outcome.FAILED if broken else Outcome.PASSED


def _slow(report: LoadTestReport) -> Iterator[_Break]:
    most = report.thresholds.max_p95_ms
    steady = steady_windows(report.plan, report.windows)
    slow = [window for window in steady if (window.round_trip.p95 or 0) > most]
    if 2 * len(slow) > len(steady):
        at, connections = slow[0].at, plural(slow[0].open, "open connection")
        since = f"{seconds_text(round(at, 1))} on, at {connections}"
        sentence = f"round trip p95 over {duration_text(most)} from {since}"
        yield _Break(at, sentence, is_excusable=True)


def _failures(report: LoadTestReport) -> Iterator[_Break]:
    """Attempts that a reconnect storm repeated until they succeeded are no failures."""
    connections, most = report.connections, report.thresholds.max_failures
    failed = 0 if report.recovery is not None else sum(connections.failed.values())
    dropped = sum(connections.dropped.values())
    if failed + dropped <= most and (connections.connected or not failed):
        return
    at, is_excusable = _first_failure(report), _fails_itself(report)
    if failed:
        attempted = plural(connections.attempted, "connection")
        sentence = f"{count(failed)} of {attempted} failed: {_most(connections.failed)}"
        yield _Break(at, sentence, is_excusable)
    if dropped:
        sentence = f"{plural(dropped, 'connection')} dropped: {_most(connections.dropped)}"
        yield _Break(at, sentence, is_excusable)


def _first_failure(report: LoadTestReport) -> float:
    """The end of the window in which failures exceeded their limit."""
    total = 0
    for window in report.windows:
        total += window.failures
        if total > report.thresholds.max_failures:
            return window.at
    return inf


def _fails_itself(report: LoadTestReport) -> bool:
    connections = report.connections
    return not connections.dropped and set(connections.failed) <= GENERATOR_CAUSES


def _most(causes: dict[str, int]) -> str:
    ordered = sorted(causes.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{count(n)} {cause}" for cause, n in ordered[:3])


def _lost(thresholds: Thresholds, messages: RunMessages) -> Iterator[str]:
    if messages.lost > thresholds.max_lost:
        yield f"{count(messages.lost)} of {plural(messages.expected, 'expected message')} lost"
    if messages.garbled:
        yield f"{plural(messages.garbled, 'message')} came back other than sent"
    surplus = messages.received + messages.garbled - messages.expected
    if surplus > 0:
        yield f"{plural(surplus, 'message')} more than expected received"


def _recovery(report: LoadTestReport) -> Iterator[_Break]:
    _, end = phases(report.plan)
    if report.connections.not_back:
        missing = plural(report.connections.not_back, "connection")
        yield _Break(end, f"{missing} not back at the end of the steady phase", is_excusable=True)
    if report.recovery is not None and report.recovery > report.thresholds.max_recovery:
        yield _Break(
            end,
            f"all back after {seconds_text(report.recovery)}, "
            f"limit {seconds_text(report.thresholds.max_recovery)}",
            is_excusable=True,
        )


def _ghosts(ghosts: int) -> Iterator[str]:
    if ghosts:
        yield f"{plural(ghosts, 'connection')} still counted by the server after the end"


def _sentence(outcome: Outcome, report: LoadTestReport, broken: Sequence[str]) -> str:
    p95, n = report.round_trip.p95, report.round_trip.n
    speed = "" if p95 is None else f" Round trip p95 {duration_text(p95)}, n = {count(n)}."
    connected = (
        f"{count(report.connections.connected)} of "
        f"{plural(report.connections.attempted, 'connection')} opened"
    )
    if outcome is Outcome.PASSED:
        return f"It holds: {connected}, {count(report.messages.lost)} messages lost.{speed}"
    if outcome is Outcome.STOPPED:
        return f"Stopped before its end: {connected}.{speed}"
    if outcome is Outcome.GENERATOR_LIMIT:
        return (
            f"The generator was the limit, not proven the server: {report.generator.limits[0]}. "
            f"First: {broken[0]}."
        )
    return f"It does not hold: {broken[0]}.{speed}"
