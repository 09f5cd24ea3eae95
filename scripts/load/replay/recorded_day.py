"""What an installation recorded of a day, from its export of stored hours (`server-rollups`)."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from analytics.load_tests.report import LOAD_TEST_APP
from models.metrics.histogram import BUCKETS, MIDDLE_US, buckets_at

HOURS = 24
HOUR_SECONDS = 3600.0
Floats = NDArray[np.float64]
Row = dict[str, str]


class NothingRecorded(Exception):
    """The day has no connections that could be replayed. The text says so."""


@dataclass(frozen=True, slots=True)
class RecordedDay:
    """Of each hour, shape (24,): connections `opened`, seconds they were open, `messages` of
    clients. Of the day: bytes of those messages, and ended connections by bucket of their length,
    shape (BUCKETS,)."""

    opened: Floats
    open_seconds: Floats
    messages: Floats
    message_bytes: float
    lengths: NDArray[np.int64]

    @property
    def rate(self) -> float:
        """Messages a second of an open connection, the mean of the day."""
        return float(self.messages.sum() / self.open_seconds.sum())

    @property
    def rates(self) -> Floats:
        """The same of each hour, shape (24,); 0 for an hour without connections."""
        return np.divide(
            self.messages, self.open_seconds, out=np.zeros(HOURS), where=self.open_seconds > 0
        )

    @property
    def bytes_per_message(self) -> int:
        """Their mean, rounded; 0 without messages."""
        total = self.messages.sum()
        return round(self.message_bytes / total) if total else 0

    def length_at(self, share: float) -> float:
        """The quantile of the lengths, in seconds."""
        bucket = int(buckets_at(np.cumsum(self.lengths), share))
        return float(MIDDLE_US[bucket]) / 1e6


def of_csv(text: str, start: datetime, app: str = "") -> RecordedDay:
    """The day from `start` on; of an app, or of all but those of load tests. Raises
    `NothingRecorded`."""
    columns = {name: np.zeros(HOURS) for name in ("opened", "connection_us", "received")}
    lengths, total_bytes = np.zeros(BUCKETS, dtype=np.int64), 0.0
    for hour, row in _rows(text, start, app):
        for name, values in columns.items():
            values[hour] += float(row[name] or 0)
        total_bytes += float(row["bytes_received"] or 0)
        for pair in row["duration_buckets"].split():
            bucket, _, n = pair.partition(":")
            lengths[int(bucket)] += int(n)
    open_seconds = columns["connection_us"] / 1e6
    if not columns["opened"].sum() or not open_seconds.sum() or not lengths.sum():
        of_app = f" of the app {app}" if app else ""
        raise NothingRecorded(f"No connection{of_app} was recorded on {start:%Y-%m-%d}.")
    return RecordedDay(columns["opened"], open_seconds, columns["received"], total_bytes, lengths)


def _rows(text: str, start: datetime, app: str) -> Iterator[tuple[int, Row]]:
    for row in csv.DictReader(io.StringIO(text)):
        hour = int((datetime.fromisoformat(row["t"]) - start).total_seconds() // HOUR_SECONDS)
        is_of_app = row["app"] == app if app else row["app"] != LOAD_TEST_APP
        if is_of_app and 0 <= hour < HOURS:
            yield hour, row
