"""Builds the matrix of a group of rules (one source, one set of dimensions) from rows of the
store."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.alerting.rules.formulas import Formula
from analytics.alerting.rules.groups import LabelBreakdown

from .series_matrix import Floats, SeriesMatrix, durations_of, histograms_of, key_of

CONCATENATED_AS_TEXT = frozenset({"recovery_ms"})


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of the sums and of the kinds of durations to read, without duplicates."""

    sums: tuple[str, ...]
    durations: tuple[str, ...]

    @classmethod
    def of(cls, formulas: Iterable[Formula], breakdown: LabelBreakdown | None = None) -> "Columns":
        """All columns of `formulas`, without the sum that `breakdown` reads by label."""
        sums: set[str] = set()
        durations: set[str] = set()
        for formula in formulas:
            sums |= formula.sums
            durations |= {formula.durations} if formula.durations else set()
        return cls(tuple(sorted(sums - _breakdown_sums(breakdown))), tuple(sorted(durations)))


@dataclass(frozen=True, slots=True)
class Grid:
    """`steps` steps of `step_seconds` each, from `start` on."""

    start: datetime
    step_seconds: int
    steps: int


def build_matrix(
    rows: Sequence[Sequence[Any]], dimensions: Sequence[str], columns: Columns, grid: Grid
) -> SeriesMatrix:
    """`rows` hold step number, sample rate, the value of each dimension, each sum, each kind of
    durations; rows of one cell (label set, step) are added up. Counts are weighted by 1/rate,
    durations by the integer nearest to it."""
    first_sum = 2 + len(dimensions)
    labels: dict[tuple[str, ...], int] = {}
    for row in rows:
        labels.setdefault(tuple(row[2:first_sum]), len(labels))
    if not dimensions:
        labels.setdefault((), 0)
    label_index = np.array([labels[tuple(row[2:first_sum])] for row in rows], dtype=np.int64)
    cell_index = label_index * grid.steps + np.array([row[0] for row in rows], dtype=np.int64)
    weights = 1 / np.array([row[1] for row in rows], dtype=np.float64)
    shape = (len(labels), grid.steps)
    weighted, counted = {}, {}
    for column, name in enumerate(columns.sums):
        amounts = np.array([float(row[first_sum + column] or 0) for row in rows])
        weighted[name] = _sum_cells(cell_index, amounts * weights, shape)
        counted[name] = _sum_cells(cell_index, amounts, shape)
    histograms = {}
    for column, name in enumerate(columns.durations, first_sum + len(columns.sums)):
        count = durations_of if name in CONCATENATED_AS_TEXT else histograms_of
        concatenated = [row[column] for row in rows]
        histograms[name], counted[f"{name}_n"] = count(
            concatenated, cell_index, np.rint(weights), shape
        )
    label_sets = [dict(zip(dimensions, values, strict=True)) for values in labels]
    return SeriesMatrix(
        start=grid.start,
        step_seconds=grid.step_seconds,
        steps=grid.steps,
        labels=label_sets,
        weighted=weighted,
        counted=counted,
        histograms=histograms,
    )


def join_breakdown(
    total: SeriesMatrix, by_label: SeriesMatrix, breakdown: LabelBreakdown, *, is_complete: bool
) -> SeriesMatrix:
    """One row per label set of `by_label`, with the other sums of the matching row of `total`.

    When `is_complete`, `by_label` holds all labels there are: the rows of `total` come first then,
    with amount 0, and stand for every label that did not occur.
    """
    total_rows, matched, total_index = total.rows, [], []
    for number, labels in enumerate(by_label.labels):
        common = {name: value for name, value in labels.items() if name != breakdown.name}
        if (total_row := total_rows.get(key_of(common))) is not None:
            matched.append(number)
            total_index.append(total_row)
    unlabelled = list(range(len(total.labels))) if is_complete else []
    zeros = np.zeros((len(unlabelled), total.steps))

    def with_amounts(sums: Mapping[str, Floats], own: Mapping[str, Floats]) -> dict[str, Floats]:
        labelled = np.concatenate([zeros, own[breakdown.sum_name][matched]])
        return {name: series[unlabelled + total_index] for name, series in sums.items()} | {
            breakdown.sum_name: labelled
        }

    return SeriesMatrix(
        start=total.start,
        step_seconds=total.step_seconds,
        steps=total.steps,
        labels=[
            *(total.labels[number] for number in unlabelled),
            *(by_label.labels[number] for number in matched),
        ],
        weighted=with_amounts(total.weighted, by_label.weighted),
        counted=with_amounts(total.counted, by_label.counted),
    )


def _breakdown_sums(breakdown: LabelBreakdown | None) -> set[str]:
    return {breakdown.sum_name} if breakdown else set()


def _sum_cells(cell_index: NDArray[np.int64], amounts: Floats, shape: tuple[int, int]) -> Floats:
    return np.bincount(cell_index, amounts, shape[0] * shape[1]).astype(np.float64).reshape(shape)
