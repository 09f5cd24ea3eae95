"""Sums of reports become records: what was not measured stays so."""

from datetime import timedelta
from uuid import UUID

import numpy as np

from analytics.correlation.sessions.packing import AGE, SUMMARY, unpacked
from analytics.correlation.sessions.summing import summaries_of
from models.correlation.session_sums import COUNTS, LARGEST
from models.metrics.dimensions import SEGMENTS
from models.metrics.histogram_codec import packed
from tests.support.clock import NOON

SESSION = UUID(int=5)
ROW = {
    "session_id": SESSION, "reports": 2, "started_at": NOON, "dropped_at": None,
    "ended_at": NOON + timedelta(minutes=12), "judged_ms": 0, **dict.fromkeys(COUNTS, 3),
    **dict.fromkeys(LARGEST), **{name: name for name in SEGMENTS},
    "latency": packed((100, 120, 100), (94, 1, 5)), "setup": b"",
}  # fmt: skip


def test_a_session_without_drops_loads_or_handshakes_has_none() -> None:
    ages = [(SESSION, 0, 720_000, 12, 0, 0, 720_000, 60_000)]
    summaries = summaries_of([ROW], ages, [2.0])
    (segment,) = summaries.segments
    (record,) = unpacked(summaries.figures({segment: 9})[0], SUMMARY)
    assert (segment, record["segment"], record["bins"], record["weight"]) == (SEGMENTS, 9, 2, 2.0)
    assert (record["latency_n"], record["setup_n"], record["drops"]) == (100, 0, 3)
    missing = (*LARGEST, "first_drop_ms", "setup_p95_ms")
    assert all(np.isnan(record[name]) for name in missing)
    assert 5.0 < record["latency_p95_ms"] < 5.2  # the middle of bucket 100: nearest rank, not 120
    bins = unpacked(summaries.ages[0], AGE)
    assert bins["interactions"].tolist() == [10, 2]
    assert (bins["open_s"].tolist(), bins["visible_s"].tolist()) == ([600, 120], [50, 10])


def test_no_sessions_are_no_summaries() -> None:
    assert summaries_of([], [], []).figures({}) == []
