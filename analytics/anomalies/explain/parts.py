"""What each slice adds to a change: within it, by a changed mix, by more or fewer people; pure.

With events b and what they are among n per slice v, usual ones with index 0, r = b / n and w = n /
sum(n), the change against the usual is

    b - b0 = sum(b_v - n_v r0_v)                   rate: within the slices
           + N sum((w_v - w0_v) (r0_v - R0))       mix: other people than usual
           + R0 (N - N0)                           volume: more people; not of a ratio

which is the decomposition of Kitagawa (1955), Journal of the American Statistical Association 50,
with the usual rates as the standard: what failing people try again is then no mix, and nothing is
left over. Volume counts for slices that moved as the total did, in proportion; people who only
moved from one value to another (a release adopted) are no change. Each part adds up to that of the
total over the slices of a dimension.

Usual of a slice is the mean over the usual windows of what is cut to their median +- 3 (median +
1)^0.5, so that an incident in one of them does not count, and a value with two events a month is
not expected to have none. Its usual rate is that of all these windows together, the events of each
cut in the same way to those of the median rate; it is drawn by the weight of one event towards that
of all, of several values at once towards the product of what each of them has times that of all.
The sums are then those of the total.
"""

from dataclasses import dataclass

import numpy as np

from analytics.anomalies.explain.table import Table
from analytics.query.arrays import Floats

SPREADS = 3.0
LEAST_EVENTS = 0.5  # expected of all where none is usual


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Events per slice (rows,): `observed`, of `n`; `expected` of its `n` at its usual rate;
    `rate`, `mix` and `volume` add up to the change. `usual` and `usual_n` are those of the usual
    windows, `rates` the usual rates. `dispersion` is the variance of events per event in these."""

    observed: Floats
    n: Floats
    expected: Floats
    usual: Floats
    usual_n: Floats
    rate: Floats
    mix: Floats
    volume: Floats
    rates: Floats
    dispersion: float

    @property
    def change(self) -> Floats:
        """All parts of each slice."""
        return self.rate + self.mix + self.volume

    @property
    def total(self) -> float:
        """The change of all."""
        return float(self.change.sum())


def usual(series: Floats) -> Floats:
    """What is usual of (rows, windows), (rows,)."""
    if not series.shape[1]:
        return np.zeros(len(series))
    median = np.median(series, axis=1, keepdims=True)
    spread = SPREADS * np.sqrt(median + 1)
    usual_values: Floats = np.clip(series, median - spread, median + spread).mean(axis=1)
    return usual_values


def parts_of(
    table: Table, total: Table, *, is_ratio: bool = False, factors: Floats | None = None
) -> Parts:
    """The parts of the slices of a dimension, which contain all events of `total`. `factors`
    (rows,) are how many times the rate of all each is expected to have before it was ever usual."""
    bad, n = table.bad[:, -1], table.n[:, -1]
    if not table.has_n:
        all_bad = float(usual(total.bad[:, :-1])[0]) + LEAST_EVENTS
        usual_bad = _scaled(usual(table.bad[:, :-1]), all_bad)
        nothing = np.zeros_like(bad)
        return Parts(
            observed=bad, n=n, expected=usual_bad, usual=usual_bad, usual_n=nothing,
            rate=bad - usual_bad, mix=nothing, volume=nothing, rates=nothing,
            dispersion=_dispersion(table.bad[:, :-1], usual_bad[:, None]),
        )  # fmt: skip
    all_n = max(float(usual(total.n[:, :-1])[0]), 1e-9)
    usual_n = _scaled(usual(table.n[:, :-1]), all_n)
    windows = total.n.shape[1] - 1
    events = float(_usual_events(total)[0]) + LEAST_EVENTS * windows
    rate_of_all = events / max(float(total.n[:, :-1].sum()), 1e-9)
    prior = rate_of_all * (np.ones(len(bad)) if factors is None else factors)
    rates = (_usual_events(table) + 1.0) / (table.n[:, :-1].sum(axis=1) + 1.0 / prior)
    rates *= rate_of_all * all_n / max(float((usual_n * rates).sum()), 1e-12)
    mix_now, mix_before = n / max(float(n.sum()), 1e-9), usual_n / all_n
    return Parts(
        observed=bad,
        n=n,
        expected=n * rates,
        usual=usual_n * rates,
        usual_n=usual_n,
        rate=bad - n * rates,
        mix=float(n.sum()) * (mix_now - mix_before) * (rates - rate_of_all),
        volume=np.zeros_like(bad) if is_ratio else rate_of_all * _net(n - usual_n),
        rates=rates,
        dispersion=_dispersion(table.bad[:, :-1], table.n[:, :-1] * rates[:, None]),
    )


def _usual_events(table: Table) -> Floats:
    """The events of all usual windows, those of each cut to what its `n` have at the median rate,
    (rows,)."""
    bad, n = table.bad[:, :-1], table.n[:, :-1]
    by_window = np.divide(bad, n, out=np.full(bad.shape, np.nan), where=n > 0)
    median = np.zeros((len(bad), 1))
    has_any = ~np.isnan(by_window).all(axis=1)
    median[has_any] = np.nanmedian(by_window[has_any], axis=1, keepdims=True)
    expected = n * median
    spread = SPREADS * np.sqrt(expected + 1)
    events: Floats = np.clip(bad, expected - spread, expected + spread).sum(axis=1)
    return events


def _scaled(values: Floats, total: float) -> Floats:
    """In proportion, so that they add up to `total`; evenly where there are none."""
    added = float(values.sum())
    if added <= 0:
        return np.full(len(values), total / max(len(values), 1))
    scaled: Floats = values * (total / added)
    return scaled


def _net(moved: Floats) -> Floats:
    """The change of the total, by those that moved as it did."""
    total = float(moved.sum())
    same = np.where(np.sign(moved) == np.sign(total), moved, 0.0)
    return same * (total / float(same.sum())) if total and same.any() else np.zeros_like(moved)


def _dispersion(bad: Floats, expected: Floats) -> float:
    """Pearson's chi-squared of the usual windows per degree of freedom, given the events of each
    window, where enough is expected; at least 1 (Poisson)."""
    expected = np.broadcast_to(expected, bad.shape)
    added = np.maximum(expected.sum(axis=0), 1e-12)
    expected = expected * (bad.sum(axis=0) / added)
    counts = expected >= 1.0
    freedom = counts.sum() - bad.shape[1] - (counts.any(axis=1)).sum() + 1
    if freedom < 1:
        return 1.0
    squares = (bad[counts] - expected[counts]) ** 2 / expected[counts]
    return max(float(squares.sum() / freedom), 1.0)
