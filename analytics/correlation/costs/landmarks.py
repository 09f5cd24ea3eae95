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
MOST_OTHERS = 30_000  # sessions that may be others; drawn at random of more
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
    """Rows of all sessions that dropped, and of as many others as are enough: drawn whether they
    are dropped later or not, so that they are like all that reach an age."""
    drop = np.where(np.isfinite(table.first_drop_ms), table.first_drop_ms, np.inf)
    sessions = _others(len(table))
    calm = np.minimum(drop, table.length_ms)[sessions]
    has_drop = np.flatnonzero(np.isfinite(drop))
    landmark_of = np.searchsorted(ages_ms, drop[has_drop])  # the first at or after the drop
    nobody = np.zeros(0, np.int64)  # no session may last until the first landmark
    parts: list[tuple[Ints, Ints, NDArray[np.bool]]] = [(nobody, nobody, nobody.astype(np.bool))]
    for number, age in enumerate(ages_ms):
        dropped = has_drop[landmark_of == number]
        dropped = dropped[table.length_ms[dropped] > age]
        still = calm > age
        sessions, calm = sessions[still], calm[still]
        rows = np.concatenate([dropped, sessions])
        parts.append((rows, np.full(rows.size, number), np.arange(rows.size) < dropped.size))
    row, landmark, is_dropped = (np.concatenate(each) for each in zip(*parts, strict=True))
    return LandmarkRows(row, landmark, is_dropped, np.asarray(ages_ms, np.float64)[landmark])


def _others(sessions: int) -> Ints:
    if sessions <= MOST_OTHERS:
        return np.arange(sessions)
    return np.sort(np.random.default_rng(SEED).choice(sessions, MOST_OTHERS, replace=False))
