"""Additive second moments of sessions, from which intervals of figures over any days follow; pure.

The sampling unit is a session within a cell (a value of a dimension) and a day. Attempts, messages
and round trips of one session are alike: a session in an outage makes hundreds of failed attempts,
so their number says little about how sure a figure is. What varies independently is the session.

Of each figure sum(y) / sum(x) a cell holds, over its sessions with their weights w (1/sample_rate),
sum wy, sum wx, sum (wy)^2, sum (wx)(wy), sum (wx)^2 and how many have any x. From these follows the
with-replacement variance of the ratio by linearisation (Särndal, Swensson and Wretman, Model
Assisted Survey Sampling, 1992, section 5.6): sum (wy - R wx)^2 / (sum wx)^2. y counts what is bad,
so it is the smaller part, and 32-bit floats lose nothing.

Percentiles use the same: y are the durations of a session beyond a boundary, x all of them, at each
of `BOUNDARIES`, which are 1.42 apart (see `analytics.stats.over_sessions.percentiles`).

Moments add over cells and days of UTC. A session that reports on two days counts on each as
another: what its days have in common is left out, so intervals are a little too narrow where most
sessions last longer than a day. The alternatives: a sample of 200 sessions per cell and day takes
36 kB where these take 0.3, too much to read for a month of countries; moments by the hour would cut
most sessions of single-page applications.

A cell of moments is stored sparse, as pairs of index (uint16) and value (float32): most cells have
durations between a few boundaries alone, and rows are added up by concatenating them in SQL.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.metrics.histogram import BUCKETS

Floats = NDArray[np.float64]
Index = NDArray[np.int64]
ENTRY = np.dtype([("index", "<u2"), ("value", "<f4")])
# (bad, exposure): attempts that failed of those that ended; drops per visible ms; messages; ms
# without a connection of those watched; microseconds of round trips per round trip.
RATIOS = ("connect_success", "drops", "error_rate", "without_connection", "latency_mean")
BUCKETS_PER_GROUP = 9
BOUNDARIES: Index = np.arange(BUCKETS_PER_GROUP, BUCKETS, BUCKETS_PER_GROUP, dtype=np.int64)
SESSIONS, DROPPED = 0, 1  # indexes of the numbers of sessions, and of those with a drop
OF_RATIO = 6  # sessions with exposure, y, x, yy, xy, xx
OF_BOUNDARY = 3  # y, yy, xy; x and xx are those of `latency_mean`
FIRST_RATIO = 2
FIRST_BOUNDARY = FIRST_RATIO + OF_RATIO * len(RATIOS)
SIZE = FIRST_BOUNDARY + OF_BOUNDARY * len(BOUNDARIES)


@dataclass(frozen=True, slots=True)
class SessionSums:
    """Weighted sums of sessions, a row each: `bad` and `exposure` (rows, RATIOS), `above` (rows,
    BOUNDARIES) the durations from each boundary on; `dropped` (rows,) is 1 after a drop."""

    bad: Floats
    exposure: Floats
    above: Floats
    dropped: Floats

    def joined(self, index: Index, number: int) -> "SessionSums":
        """Rows of the same `index` below `number` added up."""
        return SessionSums(
            bad=_added(self.bad, index, number),
            exposure=_added(self.exposure, index, number),
            above=_added(self.above, index, number),
            dropped=np.minimum(_added(self.dropped[:, None], index, number)[:, 0], 1.0),
        )


@dataclass(frozen=True, slots=True)
class RatioMoments:
    """The moments of one ratio, arrays of one shape: `sessions` with exposure, y, x, yy, xy, xx."""

    sessions: Floats
    y: Floats
    x: Floats
    yy: Floats
    xy: Floats
    xx: Floats


def moments_of(sessions: Index, cells: Index, sums: SessionSums, number: int) -> Floats:
    """The moments of `number` cells, (number, SIZE). Rows of one session in one cell are one."""
    pairs, index = np.unique(cells * (sessions.max(initial=0) + 1) + sessions, return_inverse=True)
    if len(pairs) < len(cells):
        sums = sums.joined(index.astype(np.int64), len(pairs))
        cells = pairs // (sessions.max(initial=0) + 1)
    else:
        order = np.argsort(index, kind="stable")
        sums = SessionSums(
            sums.bad[order], sums.exposure[order], sums.above[order], sums.dropped[order]
        )
        cells = cells[order]
    moments = np.zeros((number, SIZE))
    ones = np.ones(len(cells))
    moments[:, [SESSIONS, DROPPED]] = _added(np.stack([ones, sums.dropped], axis=1), cells, number)
    for ratio in range(len(RATIOS)):
        y, x = sums.bad[:, ratio], sums.exposure[:, ratio]
        parts = np.stack([(x > 0).astype(np.float64), y, x, y * y, x * y, x * x], axis=1)
        first = FIRST_RATIO + OF_RATIO * ratio
        moments[:, first : first + OF_RATIO] = _added(parts, cells, number)
    n = sums.exposure[:, RATIOS.index("latency_mean")]
    for boundary in np.flatnonzero(sums.above.any(axis=0)):
        y = sums.above[:, boundary]
        first = FIRST_BOUNDARY + OF_BOUNDARY * int(boundary)
        moments[:, first : first + OF_BOUNDARY] = _added(
            np.stack([y, y * y, n * y], axis=1), cells, number
        )
    return moments


def above_boundaries(counts: Floats) -> Floats:
    """The durations from each boundary on, (..., BOUNDARIES), of counts (..., BUCKETS)."""
    from_bucket: Floats = np.cumsum(counts[..., ::-1], axis=-1)[..., ::-1]
    above: Floats = from_bucket[..., BOUNDARIES]
    return above


def ratio_of(moments: Floats, name: str) -> RatioMoments:
    """The moments of one of `RATIOS`, of moments (..., SIZE)."""
    first = FIRST_RATIO + OF_RATIO * RATIOS.index(name)
    return RatioMoments(*(moments[..., first + part] for part in range(OF_RATIO)))


def boundaries_of(moments: Floats) -> RatioMoments:
    """The moments of the durations beyond each boundary, of shape (..., BOUNDARIES)."""
    of_all = ratio_of(moments, "latency_mean")
    parts = moments[..., FIRST_BOUNDARY:].reshape(*moments.shape[:-1], len(BOUNDARIES), OF_BOUNDARY)
    shape = parts.shape[:-1]
    n, x, xx = (
        np.broadcast_to(each[..., None], shape) for each in (of_all.sessions, of_all.x, of_all.xx)
    )
    return RatioMoments(n, parts[..., 0], x, parts[..., 1], parts[..., 2], xx)


def packed(moments: Floats) -> bytes:
    """The stored form of the moments of one cell, (SIZE,): what is not 0, by index."""
    filled = np.flatnonzero(moments)
    entries = np.empty(filled.size, dtype=ENTRY)
    entries["index"], entries["value"] = filled, moments[filled]
    return entries.tobytes()


def unpacked(blobs: Sequence[bytes | memoryview], rows: Index, number: int) -> Floats:
    """Concatenated stored cells added to row `rows[i]` of (number, SIZE); an index that this
    version does not have is left out. A blob at a time: each has the cells of many days."""
    moments = np.zeros((number, SIZE))
    for blob, row in zip(blobs, rows, strict=True):
        entries = np.frombuffer(blob, dtype=ENTRY)
        index = np.minimum(entries["index"], SIZE)
        moments[row] += np.bincount(index, entries["value"], SIZE + 1)[:SIZE]
    return moments


def _added(parts: Floats, index: Index, number: int) -> Floats:
    """The rows of `parts` added up by `index`, in their order: (number, columns)."""
    columns = [np.bincount(index, part, number) for part in parts.T]
    if not columns:
        return np.zeros((number, 0))
    total: Floats = np.stack(columns, axis=1).astype(np.float64)
    return total
