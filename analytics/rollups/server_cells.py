"""Cells of server rollups: exact integer sums of raw groups or of shorter cells."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

import numpy as np

from analytics.stats.merging import Counts, counts_of, packed_of
from models.metrics.histogram import BUCKETS
from models.metrics.server_columns import BY_LABEL, COUNTS, DURATIONS, PEAKS, WORKER_COUNTS

MOST_ROOMS = 200  # the busiest rooms; the others are in the counts only
Key = tuple[str, str, datetime]  # service, app or instance, start
Row = Mapping[str, Any]


class Cell(Protocol):
    """A cell that is summed and stored."""

    def add(self, row: Row) -> None: ...
    def as_row(self, key: Key) -> dict[str, Any]: ...


C = TypeVar("C", bound=Cell)


class AppCell:
    """A cell of one app of a service."""

    def __init__(self) -> None:
        self.samples = 0
        self.first_start: datetime | None = None
        self.latest: datetime | None = None
        self.counts: Counter[str] = Counter()
        self.labels: dict[str, Counter[str]] = {name: Counter() for name in BY_LABEL}
        self.by_type: dict[str, list[int]] = {}
        self.rooms: Counter[str] = Counter()
        self.histograms: dict[str, Counts] = {}
        self.sums_us: Counter[str] = Counter()

    def add(self, row: Row) -> None:
        """Add a group of raw samples, or a shorter cell."""
        self.samples += row["samples"]
        first, latest = row["first_start"], row["latest"]
        self.first_start = min(self.first_start, first) if self.first_start else first
        self.latest = max(self.latest, latest) if self.latest else latest
        for name in COUNTS:
            self.counts[name] += row[name]
        for name in DURATIONS:
            if row[name]:
                counts, existing = counts_of(row[name]), self.histograms.get(name)
                self.histograms[name] = counts if existing is None else existing + counts
            self.sums_us[name] += row[f"{name}_sum_us"]
        for name in BY_LABEL:
            for counted in _label_counts(row[name]):
                self.labels[name].update(counted)
        for types in _label_counts(row["by_type"]):
            for kind, (sent, received) in types.items():
                total = self.by_type.setdefault(kind, [0, 0])
                total[0], total[1] = total[0] + sent, total[1] + received
        self._add_rooms(row["top_rooms"])

    def as_row(self, key: Key) -> dict[str, Any]:
        """The row to store."""
        row: dict[str, Any] = dict(zip(("service", "app", "t"), key, strict=True))
        row |= {"samples": self.samples, "first_start": self.first_start, "latest": self.latest}
        row |= {name: self.counts[name] for name in COUNTS}
        row |= {name: dict(sorted(self.labels[name].items())) for name in BY_LABEL}
        row["by_type"] = dict(sorted(self.by_type.items()))
        rooms = sorted(self.rooms.items(), key=lambda room: (-room[1], room[0]))
        row["top_rooms"] = dict(rooms[:MOST_ROOMS])
        for name in DURATIONS:
            row[name] = packed_of(self.histograms[name]) if name in self.histograms else b""
            row[f"{name}_sum_us"] = self.sums_us[name]
        return row

    def _add_rooms(self, rooms: object) -> None:
        """Raw samples list [room, members, messages]; a cell has messages by room."""
        if isinstance(rooms, Mapping):
            self.rooms.update(rooms)
            return
        for listed in rooms if isinstance(rooms, list) else ():
            for room, _members, messages in listed:
                self.rooms[room] += messages


class WorkerCell:
    """A cell of one worker; peaks are maxima."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.peaks: dict[str, int | None] = dict.fromkeys(PEAKS)
        self.loop_lag: Counts = np.zeros(BUCKETS, np.int64)
        self.loop_lag_sum_us = 0

    def add(self, row: Row) -> None:
        """Add a group of raw samples, or a shorter cell."""
        for name in WORKER_COUNTS:
            self.counts[name] += row[name]
        for name in PEAKS:
            values = [v for v in (self.peaks[name], row[name]) if v is not None]
            self.peaks[name] = max(values, default=None)
        self.loop_lag += counts_of(row["loop_lag"])
        self.loop_lag_sum_us += row["loop_lag_sum_us"]

    def as_row(self, key: Key) -> dict[str, Any]:
        """The row to store."""
        row: dict[str, Any] = dict(zip(("service", "instance", "t"), key, strict=True))
        row |= {name: self.counts[name] for name in WORKER_COUNTS} | self.peaks
        return row | {
            "loop_lag": packed_of(self.loop_lag),
            "loop_lag_sum_us": self.loop_lag_sum_us,
        }


def cell_rows(
    groups: Iterable[Row], owner: str, make: Callable[[], C], start: datetime | None = None
) -> list[dict[str, Any]]:
    """The rows to store, by service and `owner` (app or instance); `start` replaces their own."""
    cells: dict[Key, C] = {}
    for row in groups:
        key = (row["service"], row[owner], start or row["t"])
        cells.setdefault(key, make()).add(row)
    return [cell.as_row(key) for key, cell in cells.items()]


def _label_counts(labels: object) -> Sequence[Mapping[str, Any]]:
    """A list of label counts: raw samples have many, a shorter cell one, `None` none."""
    if isinstance(labels, Mapping):
        return [labels]
    return labels if isinstance(labels, list) else []
