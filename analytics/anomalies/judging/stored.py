"""What is stored of a series beside its figures, as the rounds use it; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from analytics.anomalies.detection.steps import Floats, Ints
from analytics.anomalies.incidents.parts import Run
from models.metrics.anomalies.incident import IncidentKind

Record = dict[str, Any]
DIGITS = 7
MOST_EVENTS = 1e9


@dataclass(frozen=True, slots=True)
class StoredBands:
    """`detector` as `records.bands_records` makes it; the steps without data after which there is
    an incident; `forecast` are values without the short memory, from the Unix second
    `forecast_from` on, where the series has any."""

    detector: Record
    gap_limit: float
    forecast_from: int = 0
    forecast: Sequence[float | None] = ()

    def record(self) -> Record:
        """As JSON stores it."""
        return {
            "detector": self.detector, "forecast_from": self.forecast_from,
            "gap_limit": self.gap_limit if np.isfinite(self.gap_limit) else None,
            "forecast": [_rounded(value) for value in self.forecast],
        }  # fmt: skip

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> "StoredBands":
        """The inverse of `record`."""
        limit = record["gap_limit"]
        return cls(
            record["detector"], float("inf") if limit is None else float(limit),
            record["forecast_from"], record["forecast"],
        )  # fmt: skip

    def expected(self, timestamps: Ints, step_seconds: int) -> Floats:
        """The forecast of these steps, [T]; NaN where there is none."""
        values = np.array(self.forecast, dtype=np.float64)
        index = (timestamps - self.forecast_from) // step_seconds
        is_there = (index >= 0) & (index < len(values))
        expected = np.full(len(timestamps), np.nan)
        expected[is_there] = values[index[is_there]]
        return expected


@dataclass(frozen=True, slots=True)
class StoredMemory:
    """`detector` as `records.memory_records` makes it, and the run that the last step ends."""

    detector: Record
    run: Run | None

    def record(self) -> Record:
        """As JSON stores it."""
        run = self.run
        stored = None
        if run is not None:
            events = min(run.events, MOST_EVENTS)  # JSON has no infinity
            stored = [run.kind.value, run.since.isoformat(), run.steps, events]
        return {"detector": self.detector, "run": stored}

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> "StoredMemory":
        """The inverse of `record`."""
        run = record["run"]
        if run is None:
            return cls(record["detector"], None)
        kind, since, steps, events = run
        read = Run(IncidentKind(kind), datetime.fromisoformat(since), steps, events)
        return cls(record["detector"], read)


def forecast_values(future: Floats) -> list[float | None]:
    """A forecast for `StoredBands`; empty where there is none at all."""
    if not np.isfinite(future).any():
        return []
    return [float(value) if np.isfinite(value) else None for value in future]


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.{DIGITS}g}")
