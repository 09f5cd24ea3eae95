"""Sums and concatenated histograms per step and group, of raw rows and cells in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from models.metrics.grid import BEFORE
from models.metrics.histogram_codec import COLUMN_KINDS

from . import columns
from .selection import RAW, Family, Selection


@dataclass(frozen=True, slots=True)
class SumRows:
    """`columns` names what the values of each of `rows` are: `i` (step number), `rate`, the groups
    `d0`, ..., `observed` raw rows, the extremes, then for each sum `s<n>` and `s<n>_n`, and for
    each kind of durations `h<n>` (packed), `h<n>_list` (integers in ms), `h<n>_n`, `h<n>_us`."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


def sum_rows(
    connection: Connection,
    selection: Selection,
    sums: Sequence[str],
    durations: Sequence[str] = (),
    before: str = "",
) -> SumRows:
    """A row per step, sample rate and group, and per table they come from; of the rows of `before`,
    an item of FROM, with the number `BEFORE` of a step.

    Counts of raw rows are to be weighted by 1/rate; the rate of cells is 1. Raises `LookupError`
    for a sum or durations that the family has not, before any statement runs.
    """
    names = _names(selection, sums, durations)
    parts = [
        selection.select(level, _aggregates(selection, level, sums, durations))
        for level in selection.levels
    ]
    if not parts:
        return SumRows(names, [])
    union = " UNION ALL ".join(parts)
    listed = ", ".join([f"{selection.step_number} AS i", *names[1:]])
    statement = f"SELECT {listed} FROM ({union}) AS cells"
    if selection.group_by and selection.most is not None:
        statement = (
            f"WITH cells AS MATERIALIZED ({union}) SELECT {listed} FROM cells{selection.largest()}"
        )
    if before:
        aggregates = _aggregates(selection, RAW, sums, durations)
        statement += f" UNION ALL {selection.select_all(before, [f'{BEFORE}', '1.0'], aggregates)}"
    values = selection.values
    for index, name in enumerate(sums):
        values |= columns.sum_of(selection.family, name, f"s{index}").values
    return SumRows(names, connection.execute(text(statement), values).all())


def _names(selection: Selection, sums: Sequence[str], durations: Sequence[str]) -> list[str]:
    return [
        "i", "rate", *selection.labels, "observed", *_extremes(selection),
        *(f"s{index}{kind}" for index in range(len(sums)) for kind in ("", "_n")),
        *(f"h{index}{kind}" for index in range(len(durations)) for kind in COLUMN_KINDS),
    ]  # fmt: skip


def _extremes(selection: Selection) -> Mapping[str, tuple[str, str]]:
    return columns.extremes_of(selection.family) if selection.extremes else {}


def _aggregates(
    selection: Selection, level: str, sums: Sequence[str], durations: Sequence[str]
) -> list[str]:
    """The aggregates over one table, in the order of `SumRows.columns`."""
    family, is_raw = selection.family, level == RAW
    aggregates = [f"{family.raw_rows if is_raw else f'sum({family.rows})'} AS observed"]
    aggregates += [
        f"{of_rows if is_raw else of_cells} AS {name}"
        for name, (of_rows, of_cells) in _extremes(selection).items()
    ]
    for index, name in enumerate(sums):
        column = columns.sum_of(family, name, f"s{index}")
        total, n = (column.raw, "NULL") if is_raw else (column.cells, column.n or "NULL")
        aggregates += [f"{total} AS s{index}", f"{n} AS s{index}_n"]
    for index, name in enumerate(durations):
        parts = _durations(family, name, is_raw)
        aggregates += [
            f"{p} AS h{index}{kind}" for p, kind in zip(parts, COLUMN_KINDS, strict=True)
        ]
    return aggregates


def _durations(family: Family, name: str, is_raw: bool) -> list[str]:
    durations = columns.durations_of(family, name)
    nothing = [f"CAST(NULL AS {kind})" for kind in ("bytea", "text", "bigint", "numeric")]
    if is_raw and durations.raw_list:
        return [nothing[0], f"string_agg(nullif({durations.raw_list}, ''), ',')", *nothing[2:]]
    column = durations.column
    n = nothing[2] if is_raw or family.source != "client" else f"sum({column}_n)"
    return [f"string_agg({column}, ''::bytea)", nothing[1], n, f"sum({column}_sum_us)"]
