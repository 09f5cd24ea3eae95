"""From rows of the store to cells: what several rules need of one source and its dimensions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.alerting.rules.formulas import Formula
from analytics.alerting.rules.groups import LabelBreakdown

from .series_matrix import Floats, SeriesMatrix, durations_of, histograms_of, key_of

GLUED_AS_TEXT = frozenset({"recovery_ms"})


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of sums and of durations, each once."""

    sums: tuple[str, ...]
    durations: tuple[str, ...]

    @classmethod
    def of(cls, readings: Iterable[Formula], apart: LabelBreakdown | None = None) -> "Columns":
        """What all of `readings` need together, but for the sum that is told apart by labels."""
        known = list(readings)
        sums = sorted({name for reading in known for name in reading.sums} - _told_in(apart))
        durations = sorted({reading.durations for reading in known if reading.durations})
        return cls(tuple(sums), tuple(durations))


@dataclass(frozen=True, slots=True)
class Grid:
    """Steps of `step_seconds` from `start` on."""

    start: datetime
    step_seconds: int
    steps: int


def cells_of(
    rows: Sequence[Sequence[Any]], dimensions: Sequence[str], needs: Columns, grid: Grid
) -> SeriesMatrix:
    """`rows` hold the step's number, the sample rate, the value of each dimension, each sum, each
    kind of durations; rows of one cell are added up. Counts weigh 1/rate, durations the whole
    number next to that."""
    first = 2 + len(dimensions)
    labels: dict[tuple[str, ...], int] = {}
    for row in rows:
        labels.setdefault(tuple(row[2:first]), len(labels))
    if not dimensions:
        labels.setdefault((), 0)
    owners = np.array([labels[tuple(row[2:first])] for row in rows], dtype=np.int64)
    places = owners * grid.steps + np.array([row[0] for row in rows], dtype=np.int64)
    weights = 1 / np.array([row[1] for row in rows], dtype=np.float64)
    shape = (len(labels), grid.steps)
    weighted, counted = {}, {}
    for place, name in enumerate(needs.sums):
        amounts = np.array([float(row[first + place] or 0) for row in rows])
        weighted[name] = _added(places, amounts * weights, shape)
        counted[name] = _added(places, amounts, shape)
    histograms = {}
    for place, name in enumerate(needs.durations, first + len(needs.sums)):
        count = durations_of if name in GLUED_AS_TEXT else histograms_of
        glued = [row[place] for row in rows]
        histograms[name], counted[f"{name}_n"] = count(glued, places, np.rint(weights), shape)
    named = [dict(zip(dimensions, values, strict=True)) for values in labels]
    return SeriesMatrix(
        start=grid.start,
        step_seconds=grid.step_seconds,
        steps=grid.steps,
        labels=named,
        weighted=weighted,
        counted=counted,
        histograms=histograms,
    )


def joined(
    whole: SeriesMatrix, amounts: SeriesMatrix, apart: LabelBreakdown, *, is_all: bool
) -> SeriesMatrix:
    """A row per label set of `amounts`, beside what is known of `whole` whatever the label.

    Where `amounts` are all there are, those of `whole` come first, as the rows of no label at all.
    """
    known, kept, owners = whole.places, [], []
    for place, labels in enumerate(amounts.labels):
        common = {name: value for name, value in labels.items() if name != apart.name}
        if (owner := known.get(key_of(common))) is not None:
            kept.append(place)
            owners.append(owner)
    rest = list(range(len(whole.labels))) if is_all else []
    nothing = np.zeros((len(rest), whole.steps))

    def beside(sums: Mapping[str, Floats], own: Mapping[str, Floats]) -> dict[str, Floats]:
        told = np.concatenate([nothing, own[apart.sum_name][kept]])
        return {name: series[rest + owners] for name, series in sums.items()} | {
            apart.sum_name: told
        }

    return SeriesMatrix(
        start=whole.start,
        step_seconds=whole.step_seconds,
        steps=whole.steps,
        labels=[*(whole.labels[place] for place in rest), *(amounts.labels[p] for p in kept)],
        weighted=beside(whole.weighted, amounts.weighted),
        counted=beside(whole.counted, amounts.counted),
    )


def _told_in(apart: LabelBreakdown | None) -> set[str]:
    return {apart.sum_name} if apart else set()


def _added(places: NDArray[np.int64], amounts: Floats, shape: tuple[int, int]) -> Floats:
    return np.bincount(places, amounts, shape[0] * shape[1]).astype(np.float64).reshape(shape)
