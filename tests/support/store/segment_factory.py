"""Segments of invented people, without a store."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np

from analytics.query.arrays import Labels
from analytics.reports.segments.additive import SUMS, Additive
from analytics.reports.segments.reading import STARTED, Segments
from analytics.stats.histograms import Histograms
from analytics.stats.session_moments import SessionSums, above_boundaries, moments_of
from models.metrics.histogram import BUCKETS, bucket_of
from tests.support.clock import NOON

WINDOW = NOON - timedelta(days=7), NOON


def people(
    sessions: int, *, latency_ms: float = 50.0, dropped: int = 0, failed: int = 0
) -> Additive:
    """Sessions of one try and an hour each, with ten round trips from half to twice `latency_ms`;
    `dropped` of them dropped once, `failed` tries failed."""
    rows = np.arange(sessions)
    counts = np.zeros((sessions, BUCKETS))
    for row in rows:
        for trip in range(10):
            factor = 2 ** ((trip + row % 7) / 8 - 1)
            counts[row, bucket_of(latency_ms * factor)] += 1
    drops, failures = (rows < dropped).astype(float), (rows < failed).astype(float)
    nothing, hour = np.zeros(sessions), np.full(sessions, 3_600_000.0)
    ten, opened = np.full(sessions, 10.0), 1.0 - failures
    trips_us = counts.sum(axis=1) * latency_ms * 1000
    sums = SessionSums(
        bad=np.stack([failures, drops, nothing, nothing, trips_us], axis=1),
        exposure=np.stack([np.ones(sessions), hour, ten, hour, ten], axis=1),
        above=above_boundaries(counts),
        dropped=drops,
    )
    by_name = dict.fromkeys(SUMS, nothing) | {
        "opened": opened, "failed": failures, "tries": np.ones(sessions), "drops": drops,
        "sent": ten, "open_ms": hour, "judged_ms": hour, "judged_reports": np.ones(sessions),
    }  # fmt: skip
    totals = {name: np.array([each.sum()]) for name, each in by_name.items()}
    number = np.array([float(sessions)])
    return Additive(
        sums=totals, n=totals, reports=number, sessions=number, calm=number - dropped,
        latency=Histograms(
            counts.sum(axis=0)[None, None], counts.sum()[None, None], trips_us.sum()[None, None]
        ),
        moments=moments_of(rows, np.zeros_like(rows), sums, 1),
    )  # fmt: skip


def segments(*parts: tuple[Labels, Additive], **fields: Any) -> Segments:
    """The segments of a week."""
    labels = [labels for labels, _ in parts]
    start, end = WINDOW
    values = {
        "start": start, "end": end, "data_as_of": end, "group_by": tuple(labels[0]),
        "labels": labels, "additive": joined([each for _, each in parts]), "sessions_are": STARTED,
        "not_counted": {}, **fields,
    }  # fmt: skip
    return Segments(**values)


def joined(parts: Sequence[Additive]) -> Additive:
    """All rows of these."""

    def stack(name: str) -> Any:
        return np.concatenate([getattr(each, name) for each in parts])

    return Additive(
        sums={name: np.concatenate([each.sums[name] for each in parts]) for name in SUMS},
        n={name: np.concatenate([each.n[name] for each in parts]) for name in SUMS},
        latency=Histograms(
            *(
                np.concatenate([getattr(each.latency, name) for each in parts])
                for name in ("counts", "n", "sums_us")
            )
        ),
        **{name: stack(name) for name in ("reports", "sessions", "calm", "moments")},
    )
