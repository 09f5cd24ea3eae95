"""Arrays of series and steps as the columns that the store writes; pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from analytics.anomalies.detection.steps import Floats, Ints, Verdicts
from models.anomalies.steps import COLUMNS

LARGEST = 1e30  # beyond it no `real` is left to be written
MOST_COUNTED = 2**31 - 1


def step_columns(
    ids: Sequence[int], timestamps: Ints, values: Floats, counts: tuple[Floats, Floats],
    verdicts: Verdicts,
) -> dict[str, list[Any]]:  # fmt: skip
    """Judged steps, series after series; `counts` are n and sessions."""
    names = ("expected", "low", "high", "rho", "slow_rho")
    arrays = {name: getattr(verdicts, name) for name in names} | {"observed": values}
    columns = _identity(ids, timestamps)
    columns |= {name: numbers(array) for name, array in arrays.items()}
    columns |= {name: _counts(array) for name, array in zip(("n", "sessions"), counts, strict=True)}
    columns["state"] = verdicts.state.ravel().tolist()
    return {name: columns[name] for name in COLUMNS}


def ahead_columns(
    ids: Sequence[int], timestamps: Ints, bands: Mapping[str, Floats]
) -> dict[str, list[Any]]:
    """The expectation of steps yet to come: `expected`, `low` and `high`."""
    return _identity(ids, timestamps) | {name: numbers(array) for name, array in bands.items()}


def numbers(array: Floats) -> list[float | None]:
    """The values of an array in one list, `None` for those that are not finite."""
    flat = np.where(np.abs(array) < LARGEST, array, np.nan).ravel()
    values = flat.astype(object)
    values[np.isnan(flat)] = None
    result: list[float | None] = values.tolist()
    return result


def _identity(ids: Sequence[int], timestamps: Ints) -> dict[str, list[Any]]:
    starts = [datetime.fromtimestamp(int(second), UTC) for second in timestamps]
    return {
        "series_id": np.repeat(np.array(ids, dtype=np.int64), len(starts)).tolist(),
        "starts_at": starts * len(ids),
    }


def _counts(array: Floats) -> list[int | None]:
    rounded = np.minimum(np.rint(array), MOST_COUNTED)
    return [None if value is None else int(value) for value in numbers(rounded)]
