"""Weighted sums of sessions, as `analytics.stats.session_moments` takes them, from rows; pure.

A row has, from its column `first` on: the sample rate, five sums of what is bad (the last of them
microseconds of round trips), four of what it is counted per, whether the session dropped, and its
packed round trips. Durations are weighted by integers, all else by multiples of 1/1024.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from analytics.stats.session_moments import (
    BOUNDARIES,
    BUCKETS_PER_GROUP,
    RATIOS,
    Floats,
    Index,
    SessionSums,
)
from models.metrics import weights
from models.metrics.histogram_codec import PAIR

Rows = Sequence[Sequence[Any]]


def sums_of(rows: Rows, first: int) -> SessionSums:
    """The sums of each row."""
    rates = [float(row[first]) for row in rows]
    by_rate = {
        rate: (weights.count_weight(rate), weights.duration_weight(rate)) for rate in {*rates}
    }
    of_counts = np.array([by_rate[rate][0] / weights.PARTS for rate in rates])
    of_durations = np.array([float(by_rate[rate][1]) for rate in rates])
    bad_at, exposure_at = first + 1, first + 1 + len(RATIOS)
    dropped_at = exposure_at + len(RATIOS) - 1
    bad, exposure = (
        np.array([row[start:end] for row in rows], dtype=np.float64).reshape(len(rows), -1)
        for start, end in ((bad_at, exposure_at), (exposure_at, dropped_at))
    )
    above, n = _above([row[dropped_at + 1] for row in rows])
    weight = np.repeat(of_counts[:, None], len(RATIOS), axis=1)
    weight[:, -1] = of_durations
    return SessionSums(
        bad=bad * weight,
        exposure=np.concatenate([exposure, n[:, None]], axis=1) * weight,
        above=above * of_durations[:, None],
        dropped=np.array([float(row[dropped_at]) for row in rows]),
    )


def numbered(sessions: Sequence[object]) -> Index:
    """Sessions as numbers; those of one session are neighbours."""
    changes = [number > 0 and sessions[number - 1] != each for number, each in enumerate(sessions)]
    return np.cumsum(np.array(changes, dtype=np.int64))


def _above(round_trips: Sequence[bytes | None]) -> tuple[Floats, Floats]:
    """The round trips of each row from each boundary on, and all of them."""
    lengths = np.array([len(each or b"") // PAIR.itemsize for each in round_trips], dtype=np.int64)
    pairs = np.frombuffer(b"".join(bytes(each) for each in round_trips if each), dtype=PAIR)
    groups = len(BOUNDARIES) + 1
    index = np.minimum(pairs["bucket"].astype(np.int64) // BUCKETS_PER_GROUP, groups - 1)
    flat = np.repeat(np.arange(len(round_trips)), lengths) * groups + index
    counted = np.bincount(flat, pairs["count"], len(round_trips) * groups)
    counts: Floats = counted.astype(np.float64).reshape(len(round_trips), groups)
    from_group: Floats = np.cumsum(counts[:, ::-1], axis=1)[:, ::-1]
    return from_group[:, 1:], from_group[:, 0]
