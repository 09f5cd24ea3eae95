"""What one session may add to the figures of a minute, over all workers of a node. A report beyond
it is cut, not refused.

A worker counts by itself up to `SLACK`; what is more it takes from a bucket in the memory that
workers share, so that a usual report costs nothing for it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from ingest.http.arrivals import Arrivals
from models.raw.client_reports import BoundedReport, ClientReport
from settings import Settings

from . import session_time
from .amounts import CONNECTIONS, HISTOGRAMS, MESSAGES, Amounts, amounts_of
from .session_time import TIME, Times

MOST_SAVED = 60.0  # minutes: of reports that arrive late, together
SLACK = 1.0  # minutes: a period ends when the page turns, not by the clock
SAMPLE_RATE = "sample_rate"


class SessionUse:
    """The minutes of its bound that a session used, as far as this worker knows; those of them that
    are not taken from its bucket yet; the hash of its last sender; and the time it covered."""

    __slots__ = ("minutes", "sender", "times", "untaken")

    def __init__(
        self, minutes: float = 0.0, untaken: float = 0.0, sender: int = 0, times: Times = ()
    ) -> None:
        self.minutes, self.untaken, self.sender, self.times = minutes, untaken, sender, times


class SessionBound:
    """The bound by the settings: amounts a minute, and the largest weight of a sampled report.
    Workers with one table share the buckets of sessions."""

    def __init__(self, settings: Settings, buckets: Arrivals) -> None:
        self._buckets = buckets
        self._least_rate = 1 / settings.metrics_largest_weight
        limits = (
            settings.metrics_session_durations,
            settings.metrics_session_messages,
            settings.metrics_session_connections,
        )
        self._per_unit = Amounts(*(1 / limit if limit else 0.0 for limit in limits))

    def apply(
        self, report: ClientReport, use: SessionUse, at: float
    ) -> tuple[ClientReport, Amounts, Sequence[str]]:
        """The report within the bound at the second `at` of the monotonic clock, its amounts, and
        the names of what was cut; none is the rule."""
        cut: list[str] = []
        if report.sample_rate < self._least_rate:
            report = msgspec.structs.replace(report, sample_rate=self._least_rate)
            cut.append(SAMPLE_RATE)
        amounts = amounts_of(report)
        per_unit = self._per_unit
        minutes = max(
            amounts.durations * per_unit.durations,
            amounts.messages * per_unit.messages,
            amounts.connections * per_unit.connections,
        )
        if minutes > SLACK or use.minutes > SLACK:
            period = (report.period_end - report.period_start).total_seconds() / 60
            available = self._take(report, use, min(minutes, period + SLACK), at)
            report = BoundedReport(**msgspec.structs.asdict(report))
            if minutes > available:
                report, names = self._cut(report, amounts, available)
                cut += names
                amounts = amounts_of(report)
        else:
            use.minutes += minutes
            use.untaken += minutes
        report, use.times, is_cut = session_time.bounded(report, use.times)
        if is_cut:
            cut.append(TIME)
        return report, amounts, cut

    def busy(self, at: float) -> int:
        """The sessions that have a bucket at the second `at`, over all workers of the node."""
        return self._buckets.used(at)

    def _take(self, report: ClientReport, use: SessionUse, minutes: float, at: float) -> float:
        """The minutes of `minutes` that are granted, from the bucket of the session."""

        def change(full_at: float) -> tuple[float, tuple[float, float]]:
            used = max(0.0, full_at - at) / 60 + use.untaken
            granted = max(0.0, min(minutes, MOST_SAVED - used))
            return at + (used + granted) * 60, (used + granted, granted)

        use.minutes, granted = self._buckets.update(report.session_id.hex, change)
        use.untaken = 0.0
        return granted

    def _cut(
        self, report: ClientReport, amounts: Amounts, minutes: float
    ) -> tuple[ClientReport, list[str]]:
        changes: dict[str, Any] = {}
        names = []
        for name, amount, per_unit in zip(Amounts._fields, amounts, self._per_unit, strict=True):
            if amount * per_unit > minutes:
                changes |= _parts[name](report, minutes / (amount * per_unit))
                names.append(name)
        return msgspec.structs.replace(report, **changes), names


def _durations(report: ClientReport, part: float) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for name in HISTOGRAMS:
        counts = thinned(getattr(report, f"{name}_counts"), part)
        buckets = getattr(report, f"{name}_buckets")
        pairs = [(bucket, n) for bucket, n in zip(buckets, counts, strict=True) if n]
        changes[f"{name}_buckets"] = tuple(bucket for bucket, _ in pairs)
        changes[f"{name}_counts"] = tuple(n for _, n in pairs)
        total = getattr(report, f"{name}_sum_us")
        changes[f"{name}_sum_us"] = None if total is None else round(total * part)
    return changes


def _messages(report: ClientReport, part: float) -> dict[str, Any]:
    return {name: int(getattr(report, name) * part) for name in MESSAGES}


def _connections(report: ClientReport, part: float) -> dict[str, Any]:
    counts = {
        name: int(count * part)
        for name in CONNECTIONS
        if (count := getattr(report, name)) is not None
    }
    is_judged = report.lost is not None
    kinds = counts.get("lost", 0) + counts.get("ended_by_server", 0)
    return {
        **counts,
        "drops": kinds if is_judged else int(report.drops * part),
        "abnormal_closes": int(report.abnormal_closes * part),
        "recovery_ms": report.recovery_ms[: int(len(report.recovery_ms) * part)],
        "close_codes": _codes(report.close_codes, part),
        "close_codes_given": report.close_codes_given and _codes(report.close_codes_given, part),
    }


def _codes(counts: Mapping[str, int], part: float) -> dict[str, int]:
    thin = thinned(tuple(counts.values()), part)
    return {code: n for code, n in zip(counts, thin, strict=True) if n}


def thinned(counts: Sequence[int], part: float) -> list[int]:
    """About `part` of each count; their sum is that part of the sum, rounded down."""
    upto, before, thin = 0, 0, []
    for count in counts:
        upto += count
        after = int(upto * part)
        thin.append(after - before)
        before = after
    return thin


_parts = {"durations": _durations, "messages": _messages, "connections": _connections}
