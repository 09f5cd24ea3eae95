"""Cells of client rollups: weighted sums of raw groups; cells of days are sums of hours.

All sums are of integers (counts in 1024ths, gauges in 65536ths, histogram counts, microseconds), so
any order and any split give the same cell exactly.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np

from analytics.stats import session_parts
from analytics.stats.merging import Counts, counts_of, counts_of_durations, packed_of
from analytics.stats.session_parts import SessionParts
from models.metrics import weights
from models.metrics.client_catalogue import CATALOG
from models.metrics.client_columns import (
    COUNTS,
    EXTRA_COUNTS,
    GAUGE_PARTS,
    GAUGES,
    HISTOGRAMS,
    JUDGED,
    JUDGED_EXTRA,
    LATER_HISTOGRAMS,
    LATER_TRIALS,
    OF_SESSIONS,
    PACKED,
    TRIALS,
)
from models.metrics.dimensions import OTHER, PROTOCOL, SEPARATOR, UNKNOWN
from models.rollups.tracked_values import TrackedValues

QUICK_RECOVERY_MS = 5000
TOTAL_CELL = {"dimension": "", "value": ""}
CUSTOM = tuple(
    name.removeprefix("custom.")
    for metric in CATALOG
    for name in metric.fields
    if name.startswith("custom.")
)
# What is stored as a sum, and its column in a raw group.
MEASURE_COLUMNS = tuple((name, name) for name in GAUGES) + tuple(
    (name, f"custom{index}") for index, name in enumerate(CUSTOM)
)
LABELLED = ("close_codes", "close_codes_given")
ALL_COUNTS = (*COUNTS, *EXTRA_COUNTS, *JUDGED_EXTRA)
Key = tuple[str, str, datetime, str]  # dimension, value, start, app
Row = Mapping[str, Any]


class ClientCell:
    """One cell while it is summed. `parts` are counts in 1024ths."""

    def __init__(self) -> None:
        self.reports = 0
        self.latest: datetime | None = None
        self.parts: Counter[str] = Counter()
        self.trials: Counter[str] = Counter()
        self.labelled: dict[str, Counter[str]] = {name: Counter() for name in LABELLED}
        self.networks: Counter[str] = Counter()
        self.measures: dict[str, tuple[int, int, int]] = {}
        self.counts: dict[str, Counts] = {}
        self.n: Counter[str] = Counter()
        self.sums_us: Counter[str] = Counter()
        self.sessions: list[SessionParts] | None = None

    def add_group(self, row: Row, network: Mapping[str, str]) -> None:
        """Add a raw group of one sample rate; `network` renames effective types to `other`."""
        parts, duration_weight = (
            weights.count_weight(row["sample_rate"]),
            weights.duration_weight(row["sample_rate"]),
        )
        self._add_reports(row)
        for name in COUNTS:
            self.parts[name] += int(row[name] or 0) * parts
        for name in ("watched_ms", *JUDGED_EXTRA):
            self.parts[name] += int(row[name] or 0) * parts
        for name in (*TRIALS, "judged_reports"):
            self.trials[name] += int(row[name])
        self.trials["tries"] += int(row["opened"]) + int(row["failed"])
        for name in PACKED:
            if row[name]:
                self._add(name, counts_of(row[name]), int(row[f"{name}_sum_us"]), duration_weight)
        recoveries = numbers(row["recovery_ms"])
        self.parts["recovered_soon"] += parts * sum(ms <= QUICK_RECOVERY_MS for ms in recoveries)
        self._add_durations("recovery", recoveries, duration_weight)
        self._add_durations("page_load", numbers(row["page_load_ms"]), duration_weight)
        for name, counter in self.labelled.items():
            for codes in row[name] or ():
                counter.update({code: int(n) * parts for code, n in codes.items()})
        for name, number in Counter(row["networks"].split(SEPARATOR)).items():
            self.networks[network.get(name, name)] += number
        for name, column in MEASURE_COLUMNS:
            self._measure(name, int(row[f"{column}_n"]), int(row[f"{column}_parts"] or 0), parts)

    def add_cell(self, row: Row) -> None:
        """Add a stored cell of a shorter length."""
        self._add_reports(row)
        for name in ALL_COUNTS:
            self.parts[name] += round((row[name] or 0) * weights.PARTS)
        self.trials.update({name: row[f"{name}_n"] or 0 for name in (*TRIALS, "judged_reports")})
        # Cells from before this column: under the old rule every attempt opened or failed.
        tries = row["tries_n"]
        self.trials["tries"] += row["attempts_n"] if tries is None else tries
        for name in HISTOGRAMS:
            if row[name]:
                self._merge(name, counts_of(row[name]))
            self.n[name] += row[f"{name}_n"] or 0
            self.sums_us[name] += round(row[f"{name}_sum_us"] or 0)
        for name, counter in self.labelled.items():
            counter.update({k: round(v * weights.PARTS) for k, v in (row[name] or {}).items()})
        self.networks.update(row["networks"])
        for name, (n, weight, total) in row["measures"].items():
            self._merge_measure(
                name, n, round(weight * weights.PARTS), round(total * weights.PARTS * GAUGE_PARTS)
            )
        if row["largest_sessions"] is not None:
            self.add_sessions(SessionParts.of_packed(row["largest_sessions"]))

    def add_sessions(self, parts: SessionParts) -> None:
        """Add what sessions of the cell bring."""
        self.sessions = [*(self.sessions or ()), parts]

    def merge_sessions(self) -> None:
        """Make one entry of all that a session brought so far; sums keep their order."""
        if self.sessions and len(self.sessions) > 1:
            self.sessions = [SessionParts.joined(self.sessions).added()]

    def as_row(self, key: Key) -> dict[str, Any]:
        """The row to store."""
        dimension, value, start, app = key
        row: dict[str, Any] = {"dimension": dimension, "value": value, "t": start, "app": app}
        row |= {"reports": self.reports, "latest": self.latest}
        row |= {name: self.parts[name] / weights.PARTS for name in ALL_COUNTS}
        row |= {f"{name}_n": self.trials[name] for name in (*TRIALS, *LATER_TRIALS)}
        for name, counter in self.labelled.items():
            row[name] = {k: v / weights.PARTS for k, v in sorted(counter.items())}
        row["close_codes_given"] = row["close_codes_given"] or None
        row["networks"] = dict(sorted(self.networks.items()))
        row["measures"] = {
            name: [n, weight / weights.PARTS, total / weights.PARTS / GAUGE_PARTS]
            for name, (n, weight, total) in sorted(self.measures.items())
        }
        for name in HISTOGRAMS:
            row[name] = packed_of(self.counts[name]) if name in self.counts else b""
            row |= {f"{name}_n": self.n[name], f"{name}_sum_us": float(self.sums_us[name])}
        row["largest_sessions"] = self._largest_sessions()
        return row | dict.fromkeys(self._not_reported())

    def _largest_sessions(self) -> bytes | None:
        if self.sessions is None:
            return None
        amounts = {name: n / weights.PARTS for name, n in self.parts.items()}
        amounts |= {name: float(counts.sum()) for name, counts in self.counts.items()}
        amounts["tries"] = amounts.get("opened", 0) + amounts.get("failed", 0)
        amounts["messages"] = amounts.get("sent", 0) + amounts.get("received", 0)
        totals = {name: amounts.get(name, 0.0) for name in OF_SESSIONS}
        return SessionParts.joined(self.sessions).packed(totals)

    def _not_reported(self) -> Iterable[str]:
        """The columns that none of the reports tells."""
        if not self.trials["judged_reports"]:
            yield from (*JUDGED, *JUDGED_EXTRA, "judged_reports_n")
        for name in LATER_HISTOGRAMS:
            if not self.n[name]:
                yield from (name, f"{name}_n", f"{name}_sum_us")

    def _add_reports(self, row: Row) -> None:
        self.reports += row["reports"]
        self.latest = max(self.latest, row["latest"]) if self.latest else row["latest"]

    def _add_durations(self, name: str, durations_ms: list[int], weight: int) -> None:
        if durations_ms:
            counts = counts_of_durations(durations_ms)
            self._add(name, counts, sum(durations_ms) * 1000, weight)

    def _add(self, name: str, counts: Counts, sum_us: int, weight: int) -> None:
        self.n[name] += int(counts.sum())
        self._merge(name, counts * weight if weight != 1 else counts)
        self.sums_us[name] += sum_us * weight

    def _merge(self, name: str, counts: Counts) -> None:
        existing = self.counts.get(name)
        self.counts[name] = counts if existing is None else existing + counts

    def _measure(self, name: str, n: int, gauge_parts: int, parts: int) -> None:
        if n:
            self._merge_measure(name, n, n * parts, gauge_parts * parts)

    def _merge_measure(self, name: str, n: int, weight: int, total: int) -> None:
        old = self.measures.get(name, (0, 0, 0))
        self.measures[name] = (old[0] + n, old[1] + weight, old[2] + total)


def cells_of(groups: Iterable[Row], tracked: TrackedValues) -> dict[Key, ClientCell]:
    """Raw groups by cell; values that are not tracked count under `other`."""
    cells: dict[Key, ClientCell] = {}
    keys = CellKeys(tracked)
    for row in groups:
        cell = cells.setdefault(keys.key_of(row), ClientCell())
        cell.add_group(row, keys.renamed_networks(row["app"], row["networks"], row["t"]))
    return cells


def add_sessions(
    cells: Mapping[Key, ClientCell],
    rows: Sequence[Sequence[Any]],
    dimensions: Sequence[str],
    tracked: TrackedValues,
) -> None:
    """Add the sessions of `rows`, which are told apart by `dimensions`, to those of `cells` that
    count them."""
    if not rows:
        return
    apps, times, *columns = zip(*rows, strict=True)
    values = dict(zip(dimensions, columns, strict=False))
    rates, ids, *amounts = columns[len(dimensions) :]
    hashes = session_parts.hashes_of(ids)
    table = session_parts.table_of([float(rate) for rate in rates], amounts)
    keys = CellKeys(tracked)
    numbers: dict[Key, list[int]] = {}
    for number, (app, at) in enumerate(zip(apps, times, strict=True)):
        for cell in ({**TOTAL_CELL}, *_of_row(values, number)):
            key = keys.key_of({"app": app, "t": at, **cell})
            numbers.setdefault(key, []).append(number)
    for key in cells.keys() & numbers.keys():
        index = np.array(numbers[key])
        cells[key].add_sessions(SessionParts.of_table(hashes[index], table[index]))
        cells[key].merge_sessions()


def add_stored(cells: Mapping[Key, ClientCell], stored: Iterable[Mapping[str, Any]]) -> None:
    """Add what `stored` cells of the same keys have."""
    for row in stored:
        cell = cells.get((row["dimension"], row["value"], row["t"], row["app"]))
        if cell is not None and row["largest_sessions"] is not None:
            cell.add_sessions(SessionParts.of_packed(row["largest_sessions"]))


def _of_row(values: Mapping[str, Sequence[str | None]], number: int) -> list[dict[str, str]]:
    """The dimensions of a row, as cells have them: those of no protocol have none of it."""
    return [
        {"dimension": name, "value": column[number] or UNKNOWN}
        for name, column in values.items()
        if column[number] is not None or name != PROTOCOL
    ]


def days_of(hours: Iterable[Row], day: datetime) -> dict[Key, ClientCell]:
    """The cells of a day from those of its hours."""
    cells: dict[Key, ClientCell] = {}
    for row in hours:
        key = (row["dimension"], row["value"], day, row["app"])
        cells.setdefault(key, ClientCell()).add_cell(row)
    return cells


class CellKeys:
    """Keys of cells: values and apps that are not tracked are `other`."""

    def __init__(self, tracked: TrackedValues) -> None:
        self._tracked = tracked

    def key_of(self, row: Row) -> Key:
        """The cell a group belongs to."""
        app, dimension, value = row["app"], row["dimension"], row["value"]
        if dimension and not self._tracked.has((app, dimension, value), row["t"]):
            value = OTHER
        return dimension, value, row["t"], app if self._tracked.has_app(app, row["t"]) else OTHER

    def renamed_networks(self, app: str, joined: str, at: datetime) -> dict[str, str]:
        """The effective types in `joined` that count as `other` at an instant."""
        return {
            name: OTHER
            for name in set(joined.split(SEPARATOR))
            if not self._tracked.has((app, "effective_type", name), at)
        }


def numbers(text: str | None) -> list[int]:
    """The integers of a comma-separated list."""
    return [int(number) for number in text.split(",")] if text else []
