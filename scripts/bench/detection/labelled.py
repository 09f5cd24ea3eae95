"""Labelled series, and those of a folder in the format of the Numenta Anomaly Benchmark.

A folder holds CSV files (`timestamp,value`, the time UTC without a zone) at any depth, and
`combined_windows.json`: {"folder/file.csv": [["2014-04-10 07:15:00.000000", "..."], ...]}.
"""

import csv
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LABELS = "combined_windows.json"


@dataclass(frozen=True, slots=True)
class LabelledSeries:
    """`timestamps` [n] Unix seconds, `values` [n], and `windows`: the first and last index of each
    labelled incident, ascending, none overlapping. `trials`, `kind`, `zone`: as `detect` takes
    them; `forms` [windows]: what was planted."""

    name: str
    timestamps: Ints
    values: Floats
    windows: list[tuple[int, int]]
    kind: str = "gauge"
    trials: Floats | None = None
    zone: str = "UTC"
    forms: tuple[str, ...] = ()

    @property
    def days(self) -> float:
        """How long the series is."""
        return float(self.timestamps[-1] - self.timestamps[0]) / 86_400 if self.values.size else 0.0


def read_folder(folder: Path, labels: Path | None = None) -> list[LabelledSeries]:
    """The labelled files of `folder`. KeyError: a window that begins or ends at no row."""
    windows = json.loads((labels or folder / LABELS).read_text(encoding="utf-8"))
    return [_read(folder / name, name, windows[name]) for name in sorted(windows)]


def _read(path: Path, name: str, windows: list[list[str]]) -> LabelledSeries:
    with path.open(encoding="utf-8", newline="") as file:
        rows = [(_seconds(row["timestamp"]), _number(row["value"])) for row in csv.DictReader(file)]
    index = {second: i for i, (second, _) in reversed(list(enumerate(rows)))}
    spans = sorted((index[_seconds(a)], index[_seconds(b)]) for a, b in windows)
    times = np.array([second for second, _ in rows], dtype=np.int64)
    return LabelledSeries(name, times, np.array([value for _, value in rows]), spans)


def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def _number(text: str) -> float:
    return float(text) if text.strip() else float("nan")
