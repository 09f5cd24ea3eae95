"""Sums of a report that cannot be: refused by name, of monitors from 2.0 on.

Monitors before count by rules of their own, and may be off by more.
"""

from collections.abc import Mapping
from datetime import datetime

from .fault import Fault
from .schema import ReportPayload

MOST_PENDING = 16  # attempts of the period before, that end in this one
SLACK_MS = 60_000
TIMES_PERIOD = 2  # clocks drift, and timers of hidden pages are late
MOST_A_SECOND = 100  # round trips beyond those of messages
_OUTCOMES = ("opened", "failed", "abandoned")
_TIMES = ("open_ms", "downtime_ms", "suspended_ms")


def check(
    payload: ReportPayload, start: datetime, end: datetime, round_trips: Mapping[str, int]
) -> None:
    """Refuse more outcomes than attempts, more time than there was, more round trips (by kind) than
    messages and time explain. Raises `Fault`, naming the largest."""
    connection = payload.connection
    if connection.lost is None:
        return
    outcomes = {name: getattr(connection, name) or 0 for name in _OUTCOMES}
    if sum(outcomes.values()) > connection.attempts + MOST_PENDING:
        raise Fault(
            f"connection.{_largest(outcomes)}",
            f"must not exceed attempts by more than {MOST_PENDING}: opened + failed + abandoned",
        )
    period_ms = (end - start).total_seconds() * 1000
    times = {name: getattr(connection, name) or 0 for name in _TIMES}
    if sum(times.values()) > TIMES_PERIOD * period_ms + SLACK_MS:
        raise Fault(
            f"connection.{_largest(times)}",
            "must not exceed the time of the period: open_ms + downtime_ms + suspended_ms",
        )
    messages = payload.messages
    most = messages.sent + messages.received + (period_ms + SLACK_MS) * MOST_A_SECOND / 1000
    if sum(round_trips.values()) > most:
        raise Fault(
            f"{_largest(round_trips)}.histogram",
            "must not hold more round trips than the messages and the time of the period explain",
        )


def _largest(amounts: Mapping[str, float]) -> str:
    return max(amounts, key=lambda name: amounts[name])
