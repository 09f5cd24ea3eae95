"""What is searched for a change: how each metric is counted as bad events, and its figure; pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.insight.excess import Counts, Run
from analytics.insight.timetable import Timetable
from analytics.query.arrays import Arrays, Floats
from analytics.query.formula import Formula, quantiles_of, sums_of
from analytics.stats import comparison
from analytics.stats.comparison import FigureChange
from analytics.stats.histograms import Histograms
from analytics.stats.summaries import durations_of, share_of
from models.metrics.client_catalogue import METRICS
from models.metrics.histogram import BUCKETS
from models.metrics.metric import Kind, Worse

HOUR_MS = 3_600_000
USUAL_SHARE = 0.95  # of durations up to the usual p95
# Events of one session are alike: so many count as one.
CLUSTERED = 50.0
CONNECTION_CLUSTERED = 4.0
LEAST_DURATIONS = 200
# What is worse where the metric at the right is.
FOLLOWS = {"reply_ms": "latency_ms", "setup_ms": "latency_ms", "stability": "drops"}


@dataclass(frozen=True, slots=True)
class Change:
    """A figure in a run of steps and as it usually is then."""

    change: FigureChange
    now: float
    before: float


@dataclass(frozen=True, slots=True)
class Quantity:
    """A metric of the client catalogue. Bad are events of the sums `bad` among those of `of` (in
    ms: per hour), or durations beyond the p95 of the period before."""

    key: str
    bad: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    durations: str = ""
    clustering: float = CLUSTERED

    @property
    def formulas(self) -> tuple[Formula, ...]:
        """What must be read for it."""
        durations = quantiles_of([self.durations]) if self.durations else ()
        return (*sums_of((*self.bad, *self.of)), *durations)

    def usual_bucket(self, arrays: Arrays, table: Timetable, row: int) -> int:
        """The bucket of the p95 of the period before; durations in later ones are bad."""
        if not self.durations:
            return 0
        total = np.cumsum(table.before(arrays.histograms[self.durations].counts[[row]])[0].sum(0))
        return int(np.searchsorted(total, USUAL_SHARE * total[-1])) if total[-1] else BUCKETS

    def counts(self, arrays: Arrays, table: Timetable, row: int, bucket: int) -> Counts:
        """Of the label set in `row`; `bucket` is a usual one."""
        if self.durations:
            histograms = arrays.histograms[self.durations]
            counts, unweighted = histograms.counts[[row]], float(histograms.n[row].sum())
            bad, n = counts[..., bucket + 1 :].sum(axis=-1), counts.sum(axis=-1)
            weighted = float(n.sum())
        else:
            bad, n = (_total(arrays, names)[[row]] for names in (self.bad, self.of))
            weighted = float(bad.sum())
            unweighted = float(sum(arrays.n_of(name)[row].sum() for name in self.bad))
        weight = weighted / unweighted if unweighted else 1.0
        return Counts(
            bad=table.now(bad)[0],
            n=table.now(n)[0],
            reports=table.now(arrays.observed[[row]])[0],
            bad_before=table.before(bad)[0],
            n_before=table.before(n)[0],
            clustering=self.clustering * weight,
        )

    def change(self, arrays: Arrays, table: Timetable, run: Run) -> Change | None:
        """The figure of the first label set in the run, and in the period before at the same times.
        `None` where there is not enough before."""
        steps = slice(run.first, run.last + 1)
        if self.durations:
            return _of_durations(arrays.histograms[self.durations], table, steps)
        (bad, n), (bad_before, n_before) = (
            tuple(
                float(part(_total(arrays, names))[0, steps].sum()) for names in (self.bad, self.of)
            )
            for part in (table.now, table.before)
        )
        if self.is_rate:
            return _of_rate(bad, n / HOUR_MS, bad_before, n_before / HOUR_MS)
        if METRICS[self.key].worse is Worse.DOWN:
            bad, bad_before = n - bad, n_before - bad_before
        return _of_share(bad, n, bad_before, n_before)

    @property
    def is_rate(self) -> bool:
        """Whether it is per hour, not a share."""
        return METRICS[self.key].kind is Kind.COUNT


QUANTITIES = (
    Quantity("connect_success", ("failed",), ("opened", "failed"), clustering=CONNECTION_CLUSTERED),
    Quantity("drops", ("drops",), ("open_ms",), clustering=CONNECTION_CLUSTERED),
    Quantity("error_rate", ("errors",), ("sent", "received")),
    Quantity("latency_ms", durations="latency"),
    Quantity("reply_ms", durations="reply"),
    Quantity("setup_ms", durations="setup"),
)


def formulas(quantities: Sequence[Quantity]) -> tuple[Formula, ...]:
    """What must be read for all of them."""
    return tuple(dict.fromkeys(formula for each in quantities for formula in each.formulas))


def _total(arrays: Arrays, names: Sequence[str]) -> Floats:
    total: Floats = np.sum([arrays.sums[name] for name in names], axis=0)
    return total


def _of_durations(histograms: Histograms, table: Timetable, steps: slice) -> Change | None:
    now = durations_of(histograms.map(lambda series: table.now(series)[:, steps]))
    before = durations_of(histograms.map(lambda series: table.before(series)[:, steps]))
    if before.n < LEAST_DURATIONS:
        before = durations_of(histograms.map(table.before))
    if min(now.n, before.n) < LEAST_DURATIONS or not now.p95 or not before.p95:
        return None
    return Change(comparison.of_durations(now.p95, before.p95), now.p95, before.p95)


def _of_rate(bad: float, hours: float, bad_before: float, hours_before: float) -> Change | None:
    change = comparison.of_rates(bad, hours, bad_before, hours_before)
    return None if change is None else Change(change, bad / hours, bad_before / hours_before)


def _of_share(part: float, n: float, part_before: float, n_before: float) -> Change | None:
    now, before = share_of(part, n, round(n)), share_of(part_before, n_before, round(n_before))
    change = comparison.of_shares(now, before)
    if change is None or now.value is None or before.value is None:
        return None
    return Change(change, now.value, before.value)
