"""Session moments computed from reports in plain Python, session by session."""

from collections.abc import Hashable, Iterable
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from analytics.stats.session_moments import (
    BOUNDARIES,
    DROPPED,
    FIRST_BOUNDARY,
    FIRST_RATIO,
    OF_BOUNDARY,
    OF_RATIO,
    RATIOS,
    SESSIONS,
    SIZE,
)
from models.raw.client_reports import ClientReport

Floats = NDArray[np.float64]


class Session:
    """The weighted sums of one session within a cell."""

    def __init__(self) -> None:
        self.bad = np.zeros(len(RATIOS))
        self.exposure = np.zeros(len(RATIOS))
        self.above = np.zeros(len(BOUNDARIES))
        self.dropped = False

    def add(self, each: ClientReport) -> None:
        """Add a report of the session."""
        weight, of_durations = round(1024 / each.sample_rate) / 1024, round(1 / each.sample_rate)
        watched = (each.period_end - each.period_start) / timedelta(milliseconds=1)
        judged = each.lost is not None
        visible = each.open_ms + each.downtime_ms - (each.downtime_hidden_ms or 0)
        self.bad += [
            each.failed * weight, each.drops * weight, each.errors * weight,
            (each.downtime_ms + (each.silent_ms or 0)) * weight if judged else 0,
            each.latency_sum_us * of_durations,
        ]  # fmt: skip
        self.exposure += [
            (each.opened + each.failed) * weight, visible * weight,
            (each.sent + each.received) * weight, watched * weight if judged else 0,
            sum(each.latency_counts) * of_durations,
        ]  # fmt: skip
        for bucket, count in zip(each.latency_buckets, each.latency_counts, strict=True):
            self.above += (bucket >= BOUNDARIES) * count * of_durations
        self.dropped |= each.abnormal_closes > 0


def moments_of(reports: Iterable[tuple[Hashable, ClientReport]]) -> Floats:
    """The moments (SIZE,) of reports with the key of their unit: a session, of a day or not."""
    sessions: dict[Hashable, Session] = {}
    for key, each in reports:
        sessions.setdefault(key, Session()).add(each)
    moments = np.zeros(SIZE)
    for session in sessions.values():
        moments[[SESSIONS, DROPPED]] += [1, session.dropped]
        for number in range(len(RATIOS)):
            y, x = session.bad[number], session.exposure[number]
            first = FIRST_RATIO + OF_RATIO * number
            moments[first : first + OF_RATIO] += [x > 0, y, x, y * y, x * y, x * x]
        of_each = np.stack(
            [session.above, session.above**2, session.above * session.exposure[-1]], axis=1
        )
        moments[FIRST_BOUNDARY:] += of_each.reshape(len(BOUNDARIES) * OF_BOUNDARY)
    return moments
