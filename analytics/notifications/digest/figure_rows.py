"""The rows of the digest's table: each figure of the week, of the week before, and the change."""

from collections.abc import Iterator
from dataclasses import dataclass

from analytics.formatting.numbers import (
    DASH,
    change,
    count,
    duration_text,
    percent_text,
    signed_points,
)
from analytics.insight.totals import OF_RULE, SHARES
from analytics.notifications.digest.digest import Digest
from analytics.reports.client_summary import SERIES_KINDS
from analytics.stats import comparison
from analytics.stats.estimates import Share
from analytics.stats.verdict import Verdict, verdict_of
from models.metrics.client_catalogue import METRICS

LATENCY = METRICS["latency_ms"]
PERCENTILES = ("p50", "p95", "p99")


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """A row; `meaning` is that of a change beyond chance."""

    name: str
    now: str
    before: str
    change: str = DASH
    meaning: Verdict | None = None

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """Its texts; a change for the better or the worse says so."""
        return self.name, self.now, self.before, self.change_text

    @property
    def change_text(self) -> str:
        """`+0.6 pt (better)`."""
        is_judged = self.meaning not in (None, Verdict.CHANGED)
        return f"{self.change} ({self.meaning})" if is_judged else self.change


def figure_rows(digest: Digest) -> Iterator[FigureRow]:
    """All rows, in the order of the table."""
    yield from _counts(digest)
    if digest.now.without_connection_ms is not None:
        yield FigureRow(
            name=METRICS["without_connection_ms"].label,
            now=duration_text(digest.now.without_connection_ms),
            before=duration_text(digest.before.without_connection_ms),
        )
    for key in SHARES:
        is_compared = key not in OF_RULE or not digest.has_two_rules
        shares = getattr(digest.now, key), getattr(digest.before, key)
        yield _share(key, *shares, is_compared=is_compared)
    yield from _latencies(digest)


def by_meaning(rows: Iterator[FigureRow]) -> list[FigureRow]:
    """Those that changed beyond chance, the worst first."""
    order = list(Verdict)
    return sorted(
        (row for row in rows if row.meaning is not None),
        key=lambda row: order.index(row.meaning or Verdict.CHANGED),
    )


def _counts(digest: Digest) -> Iterator[FigureRow]:
    for key in ("sessions", "drops", *SERIES_KINDS, "reconnect_attempts"):
        now, before = getattr(digest.now, key), getattr(digest.before, key)
        if now is None:
            continue
        label = METRICS[key].label if key in METRICS else "Sessions"
        relative = None
        if before is not None and (key == "sessions" or not digest.has_two_rules):
            relative = comparison.of_counts(now, before)
        yield FigureRow(
            name=f"  {label}" if key in SERIES_KINDS else label,
            now=count(now),
            before=DASH if before is None else count(before),
            change=DASH if relative is None else change(relative),
        )


def _share(key: str, now: Share, before: Share, *, is_compared: bool) -> FigureRow:
    difference = comparison.of_shares(now, before) if is_compared else None
    return FigureRow(
        name=METRICS[key].label,
        now=percent_text(now.value),
        before=percent_text(before.value),
        change=DASH if difference is None else signed_points(difference.size),
        meaning=verdict_of(difference, METRICS[key].worse),
    )


def _latencies(digest: Digest) -> Iterator[FigureRow]:
    now, before = digest.now.latency_ms, digest.before.latency_ms
    for name in PERCENTILES:
        slow, slow_before = getattr(now, name), getattr(before, name)
        difference = comparison.of_p95(now, before) if name == "p95" else None
        yield FigureRow(
            name=f"{LATENCY.label} {name}",
            now=duration_text(slow),
            before=duration_text(slow_before),
            change=change(slow / slow_before - 1) if slow and slow_before else DASH,
            meaning=verdict_of(difference, LATENCY.worse),
        )
