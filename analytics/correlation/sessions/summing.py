"""Sessions summed up from the sums over their reports; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np

from analytics.correlation.sessions.ages import bins_of, spread
from analytics.correlation.sessions.packing import AGE, AGES, SUMMARY, packed
from analytics.correlation.sessions.table import Floats, Ints
from analytics.stats.histograms import Histograms, of_packed
from models.correlation.session_summaries import Segment
from models.correlation.session_sums import COUNTS, LARGEST
from models.metrics.dimensions import SEGMENTS

P95 = 0.95
Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Summaries:
    """Sessions in the order of their rows; `columns` are those of `SUMMARY` without `segment`."""

    sessions: list[UUID]
    starts: list[datetime]
    segments: list[Segment]
    columns: Mapping[str, Floats | Ints]
    ages: list[bytes]

    def figures(self, segment_ids: Mapping[Segment, int]) -> list[bytes]:
        """The record of each session, `SUMMARY`."""
        ids = np.array([segment_ids[each] for each in self.segments], dtype=np.int64)
        return packed({**self.columns, "segment": ids}, SUMMARY)


def summaries_of(
    rows: Rows, age_rows: Sequence[Sequence[Any]], weights: Sequence[float]
) -> Summaries:
    """The summaries of sessions from `session_sums.sums` and, in the same order of sessions,
    `session_sums.by_age`; `weights` are 1/sample_rate of each."""
    sessions = [row["session_id"] for row in rows]
    starts = [row["started_at"] for row in rows]
    lengths = _milliseconds(starts, [row["ended_at"] for row in rows])
    bins = bins_of(lengths.astype(np.int64))
    columns: dict[str, Floats | Ints] = {
        "start": np.array([int(at.timestamp()) for at in starts], dtype=np.int64),
        "bins": bins,
        "weight": np.array(weights),
        "length_ms": lengths,
        "first_drop_ms": _milliseconds(starts, [row["dropped_at"] for row in rows]),
    }
    columns |= {name: _column(rows, name) for name in (*COUNTS, *LARGEST, "judged_ms")}
    for name in ("latency", "setup"):
        columns[f"{name}_p95_ms"], columns[f"{name}_n"] = _p95([row[name] for row in rows])
    return Summaries(
        sessions=sessions,
        starts=starts,
        segments=[tuple(row[name] for name in SEGMENTS) for row in rows],
        columns=columns,
        ages=_ages(sessions, age_rows, bins),
    )


def _column(rows: Rows, name: str) -> Floats:
    return np.array([row[name] for row in rows], dtype=np.float64)


def _milliseconds(starts: Sequence[datetime], ends: Sequence[datetime | None]) -> Floats:
    pairs = zip(starts, ends, strict=True)
    spans = [np.nan if end is None else (end - start).total_seconds() for start, end in pairs]
    return np.round(np.array(spans, dtype=np.float64) * 1000)


def _p95(pairs: Sequence[bytes | None]) -> tuple[Floats, Floats]:
    count = len(pairs)
    shape, missing = (count, 1), np.full(count, np.nan)
    counts, n = of_packed(pairs, missing, np.arange(count), np.ones(count), shape)
    (values,) = Histograms(counts, n, np.zeros(shape)).quantiles_ms(P95)
    return values[:, 0], n[:, 0]


def _ages(sessions: Sequence[UUID], rows: Sequence[Sequence[Any]], bins: Ints) -> list[bytes]:
    """The bins of each session, records of `AGE` one after the other."""
    numbers = {session: number for number, session in enumerate(sessions)}
    session = np.array([numbers[row[0]] for row in rows], dtype=np.int64)
    begins, ends, *amounts = (
        np.array([tuple(row[1:]) for row in rows], dtype=np.int64)
        .reshape(len(rows), 2 + len(AGES))
        .T
    )
    sums = spread(session, begins, ends, amounts, bins)
    columns = dict(zip(AGES, sums, strict=True))
    columns["open_s"] = np.rint(columns["open_s"] / 1000).astype(np.int64)
    columns["visible_s"] = np.rint(columns["visible_s"] / 1000).astype(np.int64)
    records = packed(columns, AGE)
    ends_at = np.cumsum(bins)
    return [b"".join(records[end - count : end]) for end, count in zip(ends_at, bins, strict=True)]
