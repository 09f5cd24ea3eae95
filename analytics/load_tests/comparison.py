"""How a run differs from another, with intervals. Pure.

Intervals are those of a circular block bootstrap over the windows of the steady phase (Politis and
Romano 1992): windows near in time resemble each other, single messages are no independent sample.
"""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from models.metrics.histogram import MIDDLE_US, buckets_at, dense

from .report import LoadTestReport, Plan, Window, steady_windows

RESAMPLES = 1000
BLOCK = 5
LEAST_WINDOWS = 10
SEED = 20_261_128
OTHER_TEST = "The two runs did not do the same: connections, scenario, rate or size differ."
Floats = NDArray[np.float64]
Statistic = Callable[[Sequence[Window], NDArray[np.intp]], Floats]


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """Of one figure: `now` and `before` in `unit`; the 95 % interval of now - before is `None`
    where a run has too few windows. `is_worse` is `None` unless the interval excludes 0."""

    name: str
    unit: str
    now: float | None
    before: float | None
    low: float | None = None
    high: float | None = None
    is_worse: bool | None = None


def compared(now: LoadTestReport, before: LoadTestReport) -> list[Difference]:
    """Differences of two runs of the same plan. Raises `ValueError` when the plans differ."""
    if not is_same_test(now.plan, before.plan):
        raise ValueError(OTHER_TEST)
    steady = [steady_windows(report.plan, report.windows) for report in (now, before)]
    return [
        _difference("Round trip p95", "ms", *steady, statistic=_percentile(0.95), bad=1),
        _difference("Round trip p99", "ms", *steady, statistic=_percentile(0.99), bad=1),
        _difference("Messages received", "1/s", *steady, statistic=_per_second, bad=-1),
        Difference(
            name="Handshake p95", unit="ms",
            now=now.connections.handshake.p95, before=before.connections.handshake.p95,
        ),
        Difference(
            name="Messages lost", unit="",
            now=float(now.messages.lost), before=float(before.messages.lost),
        ),
    ]  # fmt: skip


def is_same_test(first: Plan, second: Plan) -> bool:
    """Whether two plans ask for the same load."""
    return _load(first) == _load(second)


def _load(plan: Plan) -> tuple[object, ...]:
    return plan.scenario, plan.replay, plan.connections, plan.rate, plan.message_bytes


def _difference(
    name: str,
    unit: str,
    now: Sequence[Window],
    before: Sequence[Window],
    *,
    statistic: Statistic,
    bad: int,
) -> Difference:
    figures = [_estimate(statistic, windows) for windows in (now, before)]
    if min(len(now), len(before)) < LEAST_WINDOWS or None in figures:
        return Difference(name=name, unit=unit, now=figures[0], before=figures[1])
    generator = np.random.default_rng(SEED)
    ours, theirs = (
        statistic(windows, _blocks(len(windows), generator)) for windows in (now, before)
    )
    low, high = (float(end) for end in np.nanquantile(ours - theirs, (0.025, 0.975)))
    is_worse = (low > 0) == (bad > 0) if low > 0 or high < 0 else None
    return Difference(
        name=name, unit=unit, now=figures[0], before=figures[1],
        low=low, high=high, is_worse=is_worse,
    )  # fmt: skip


def _estimate(statistic: Statistic, windows: Sequence[Window]) -> float | None:
    if not windows:
        return None
    value = float(statistic(windows, np.arange(len(windows))[np.newaxis])[0])
    return None if np.isnan(value) else value


def _blocks(length: int, generator: np.random.Generator) -> NDArray[np.intp]:
    """Indices of windows, shape (RESAMPLES, length)."""
    starts = generator.integers(0, length, size=(RESAMPLES, -(-length // BLOCK)))
    indices = (starts[..., np.newaxis] + np.arange(BLOCK)) % length
    return indices.reshape(RESAMPLES, -1)[:, :length]


def _percentile(share: float) -> Statistic:
    def statistic(windows: Sequence[Window], picks: NDArray[np.intp]) -> Floats:
        counts = np.array([dense(window.round_trip.histogram) for window in windows], np.float64)
        weights = _weights(picks, len(windows))
        cumulative = np.cumsum(weights @ counts, axis=1).astype(np.int64)
        values = MIDDLE_US[buckets_at(cumulative, share)] / 1000
        return np.where(cumulative[:, -1] > 0, values, np.nan)

    return statistic


def _per_second(windows: Sequence[Window], picks: NDArray[np.intp]) -> Floats:
    lengths = np.diff([0.0, *(window.at for window in windows)])
    lengths[0] = lengths[1] if len(lengths) > 1 else lengths[0]
    received = np.array([window.received for window in windows], dtype=np.float64)
    weights = _weights(picks, len(windows))
    rates: Floats = (weights @ received) / (weights @ lengths)
    return rates


def _weights(picks: NDArray[np.intp], number: int) -> Floats:
    """How often each window is in each resample, shape (resamples, number)."""
    weights = np.zeros((len(picks), number))
    np.add.at(weights, (np.arange(len(picks))[:, np.newaxis], picks), 1)
    return weights
