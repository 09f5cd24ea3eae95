"""The changes of the totals of two periods, the worst first; pure."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from analytics.insight.quantities import FOLLOWS
from analytics.insight.remark import Remark
from analytics.stats import comparison
from analytics.stats.comparison import FigureChange
from analytics.stats.estimates import Durations, Share
from analytics.stats.verdict import Verdict, verdict_of
from models.metrics.client_catalogue import METRICS

SHARES = ("connect_success", "stability", "error_rate")
DURATIONS = ("latency_ms", "reply_ms", "setup_ms", "recovery_ms")
COMPARED = (*SHARES, "drops", *DURATIONS)
# What monitors before 2.0 count by another rule.
OF_RULE = frozenset({"stability", "drops", "recovery_ms"})
_ORDER = list(Verdict)

Figures = tuple[str, FigureChange | None, float | None, float | None]


class Drops(Protocol):
    """The counts of connections."""

    @property
    def drops(self) -> int: ...


class Totals(Protocol):
    """The figures of a period; `None` where one was not counted."""

    @property
    def sessions(self) -> int | None: ...
    @property
    def connection(self) -> Drops: ...
    @property
    def connect_success(self) -> Share: ...
    @property
    def stability(self) -> Share | None: ...
    @property
    def error_rate(self) -> Share: ...
    @property
    def latency_ms(self) -> Durations | None: ...
    @property
    def reply_ms(self) -> Durations | None: ...
    @property
    def setup_ms(self) -> Durations | None: ...
    @property
    def recovery_ms(self) -> Durations | None: ...


def compared(*, has_two_rules: bool) -> list[str]:
    """The keys of the metrics that are compared."""
    return [key for key in COMPARED if not (has_two_rules and key in OF_RULE)]


def changes(now: Totals, before: Totals, *, has_two_rules: bool) -> list[Remark]:
    """The notable changes: for the worse before those for the better, and the larger first."""
    keys = compared(has_two_rules=has_two_rules)
    remarks = [
        remark
        for figures in (*_shares(now, before), _drops(now, before), *_durations(now, before))
        if figures[0] in keys and (remark := _remark(*figures)) is not None
    ]
    return sorted(remarks, key=lambda each: (_ORDER.index(each.meaning), -abs(each.change.growth)))


def foremost(remark: Remark | None, of_totals: Sequence[Remark]) -> Remark | None:
    """The change to name: the weightiest for the worse, else the first of the totals. A total that
    changed with `remark` is not named beside it."""
    cause = None if remark is None else FOLLOWS.get(remark.key, remark.key)
    worse = [
        each
        for each in of_totals
        if each.meaning.is_worse and FOLLOWS.get(each.key, each.key) != cause
    ]
    worse += [] if remark is None else [remark]
    if worse:
        return max(worse, key=lambda each: each.weight)
    return of_totals[0] if of_totals else None


def _remark(
    key: str, change: FigureChange | None, now: float | None, before: float | None
) -> Remark | None:
    meaning = verdict_of(change, METRICS[key].worse)
    if change is None or meaning is None or now is None or before is None:
        return None
    return Remark(
        key=key, change=change, meaning=meaning, now=now, before=before, weight=abs(change.growth)
    )


def _shares(now: Totals, before: Totals) -> Iterator[Figures]:
    for key in SHARES:
        share, earlier = getattr(now, key), getattr(before, key)
        if share is not None and earlier is not None:
            yield key, comparison.of_shares(share, earlier), share.value, earlier.value


def _drops(now: Totals, before: Totals) -> Figures:
    drops, earlier = now.connection.drops, before.connection.drops
    sessions, sessions_before = now.sessions, before.sessions
    if not sessions or not sessions_before:
        return "drops", None, None, None
    change = comparison.of_rates(drops, sessions, earlier, sessions_before)
    return "drops", change, drops / sessions, earlier / sessions_before


def _durations(now: Totals, before: Totals) -> Iterator[Figures]:
    for key in DURATIONS:
        durations, earlier = getattr(now, key), getattr(before, key)
        if durations is not None and earlier is not None:
            yield key, comparison.of_p95(durations, earlier), durations.p95, earlier.p95
