"""Bands and memory of the detector as JSON per series, and back to arrays; pure.

JSON has neither NaN nor infinity: they are null and "inf".
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from analytics.anomalies.detection.bands import Bands, Memory
from analytics.anomalies.detection.kinds import SeriesKind, Worse

Record = dict[str, Any]
DIGITS = 9  # significant ones of a band
_read_scalar: Mapping[str, Callable[[Any], Any]] = {
    "kind": SeriesKind, "worse": Worse, "zone": ZoneInfo, "holidays": tuple,
    "step_seconds": int,
}  # fmt: skip
_bands_names = tuple(field.name for field in fields(Bands))
_memory_names = tuple(field.name for field in fields(Memory))


def bands_records(bands: Bands) -> list[Record]:
    """One record for each series."""
    scalars = {name: getattr(bands, name) for name in _read_scalar}
    scalars |= {"zone": bands.zone.key, "holidays": list(bands.holidays)}
    arrays = {name: getattr(bands, name) for name in _bands_names if name not in _read_scalar}
    return [
        scalars | {name: _json(array[row], DIGITS) for name, array in arrays.items()}
        for row in range(len(bands.carry))
    ]


def bands_of(records: Sequence[Record]) -> Bands:
    """The bands of series that `group_of` puts together, in their order; NaN for what records of
    earlier fits lack."""
    values = {name: _array([record.get(name) for record in records]) for name in _bands_names
              if name not in _read_scalar}  # fmt: skip
    scalars = {name: read(records[0][name]) for name, read in _read_scalar.items()}
    return Bands(**values, **scalars)


def group_of(record: Record) -> tuple[object, ...]:
    """Equal for series that can be judged at once."""
    names = [name for name in _read_scalar if name != "holidays"]
    return (*(record[name] for name in names), tuple(record["holidays"]))


def memory_records(memory: Memory) -> list[Record]:
    """One record for each series."""
    return [
        {name: _json(getattr(memory, name)[row]) for name in _memory_names}
        for row in range(len(memory.shift))
    ]


def memory_of(records: Sequence[Record]) -> Memory:
    """The memory of these series, in their order."""
    return Memory(**{name: _array([each[name] for each in records]) for name in _memory_names})


def _json(value: Any, digits: int = 17) -> Any:
    """An array, or a single value, in nested lists."""
    if np.ndim(value):
        return [_json(each, digits) for each in value]
    if np.isfinite(value):
        return float(f"{value:.{digits}g}")
    return None if np.isnan(value) else str(float(value))


def _array(values: Sequence[Any]) -> Any:
    return np.array(values, dtype=np.float64)  # of None NaN, of "inf" infinity
