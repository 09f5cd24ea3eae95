"""Which sessions are equal: of one app, country, network, browser and release, and as long.

Length belongs to it: longer sessions meet more drops, and people act otherwise in them, without
one causing the other.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analytics.correlation.sessions.table import SessionTable
from models.metrics.dimensions import SEGMENTS

Ints = NDArray[np.int64]
LENGTH = "session length"
DIMENSIONS = (*SEGMENTS, LENGTH)
SESSIONS_PER_BAND = 30
FEWEST_BANDS, MOST_BANDS = 3, 30
ENDS = (0.005, 0.995)
LEAST_MS = 1_000.0
DENSE = 4_000_000  # combinations that are counted in a table


def length_bands(length_ms: NDArray[np.float64]) -> Ints:
    """Bands of length [S], equally wide on a logarithmic scale: finer the more sessions there are,
    as more is seen. The longest, one in 200, have bands of their own beyond the ends, as they meet
    most drops."""
    bands = int(np.clip(np.sqrt(len(length_ms) / SESSIONS_PER_BAND), FEWEST_BANDS, MOST_BANDS))
    scaled = np.log(np.maximum(length_ms, LEAST_MS)).astype(np.float32)
    low, high = np.quantile(scaled[:: max(len(scaled) // 20_000, 1)], ENDS)
    width = max(float(high - low) / bands, 1e-6)
    return np.asarray(np.clip((scaled - low) / width, 0, 2 * bands).astype(np.int64))


def by_dimension(table: SessionTable) -> dict[str, Ints]:
    """Small numbers of each dimension's values [S]."""
    codes = {name: table.dimensions[name].codes.astype(np.int64) for name in SEGMENTS}
    return codes | {LENGTH: length_bands(np.nan_to_num(table.length_ms))}


def joined(codes: Sequence[Ints]) -> Ints:
    """One number for each combination of non-negative codes that occurs, without gaps."""
    combined = np.zeros(len(codes[0]), dtype=np.int64)
    size = 1
    for each in codes:
        width = int(each.max(initial=0)) + 1
        combined = combined * width + each
        combined, size = _without_gaps(combined, size * width)
    return combined


def _without_gaps(numbers: Ints, size: int) -> tuple[Ints, int]:
    if size > DENSE:
        values, position = np.unique(numbers, return_inverse=True)
        return position, len(values)
    occurs = np.bincount(numbers, minlength=size) > 0
    position = np.cumsum(occurs) - 1
    return position[numbers], int(occurs.sum())
