"""Sessions at landmarks of their age: those that just had their first drop, and those without.

Whoever compares sessions with drops and without compares long with short ones: the longer a session
lasts, the more drops it meets. A landmark (Anderson, Cain and Gelber 1983, Journal of Clinical
Oncology 1) is an age that both have reached: dropped are sessions whose first drop came since the
landmark before, others those without any drop yet, and only what comes after is compared. A session
without a drop is one of the others at each landmark it reaches, until its first drop (sequential
trials: Gran and others 2010, Statistics in Medicine 29).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.correlation.sessions.table import SessionTable

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MINUTE_MS = 60_000.0
MOST_OTHERS = 40_000  # sessions without a drop that are compared with; drawn at random of more
SEED = 1983


@dataclass(frozen=True, slots=True, eq=False)
class LandmarkRows:
    """Sessions at landmarks, [R]: number of the session and of the landmark, whether it just had
    its first drop, and the `age_ms` of the landmark."""

    session: Ints
    landmark: Ints
    is_dropped: NDArray[np.bool]
    age_ms: Floats


def landmark_rows(table: SessionTable, ages_ms: Sequence[float]) -> LandmarkRows:
    """Rows of all sessions with a drop, and of as many others as are enough."""
    drop = np.where(np.isfinite(table.first_drop_ms), table.first_drop_ms, np.inf)
    sessions = _compared(drop)
    length, drop = table.length_ms[sessions], drop[sessions]
    parts: list[tuple[Ints, Ints, NDArray[np.bool]]] = []
    before = -1.0
    for number, age in enumerate(ages_ms):
        reached = length > age
        dropped = np.flatnonzero(reached & (drop > before) & (drop <= age))
        others = np.flatnonzero(reached & (drop > age))
        rows = np.concatenate([dropped, others])
        parts.append((rows, np.full(rows.size, number), np.arange(rows.size) < dropped.size))
        before = age
    row, landmark, is_dropped = (np.concatenate(each) for each in zip(*parts, strict=True))
    return LandmarkRows(
        sessions[row], landmark, is_dropped, np.asarray(ages_ms, np.float64)[landmark]
    )


def _compared(drop: Floats) -> Ints:
    others = np.flatnonzero(np.isinf(drop))
    if others.size > MOST_OTHERS:
        others = np.random.default_rng(SEED).choice(others, MOST_OTHERS, replace=False)
    return np.sort(np.concatenate([np.flatnonzero(np.isfinite(drop)), others]))
