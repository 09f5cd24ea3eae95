"""Sums and concatenated histograms per step and group, of raw rows and cells in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from models.metrics.histogram_codec import COLUMN_KINDS

from . import columns
from .selection import Selection


@dataclass(frozen=True, slots=True)
class SumRows:
    """`columns` names what the values of each of `rows` are: `i` (step number), `rate`, the groups
    `d0`, ..., `observed` raw rows, the extremes, then for each sum `s<n>` and `s<n>_n`, and for
    each kind of durations `h<n>` (packed), `h<n>_list` (integers in ms), `h<n>_n`, `h<n>_us`."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


def sum_rows(
    connection: Connection, selection: Selection, sums: Sequence[str], durations: Sequence[str]
) -> SumRows:
    """A row per step, sample rate and group, and per table they come from.

    Counts of raw rows are to be weighted by 1/rate; the rate of cells is 1. Raises `LookupError`
    for a sum or durations that the family has not, before any statement runs.
    """
    names, values = _names(selection, sums, durations), dict(selection.values)
    parts = []
    for level in ("raw", *selection.family.cells):
        if getattr(selection.pieces, level):
            statement, bound = _select(selection, level, sums, durations)
            parts.append(statement)
            values |= bound
    if not parts:
        return SumRows(names, [])
    result = ", ".join([f"{selection.step_number} AS i", *names[1:]])
    union = " UNION ALL ".join(parts)
    statement = (
        f"WITH cells AS MATERIALIZED ({union}) SELECT {result} FROM cells{_largest(selection)}"
        if selection.group_by
        else f"SELECT {result} FROM ({union}) AS cells"
    )
    return SumRows(names, connection.execute(text(statement), values).all())


def _names(selection: Selection, sums: Sequence[str], durations: Sequence[str]) -> list[str]:
    return [
        "i", "rate", *selection.labels, "observed", *columns.extremes_of(selection.family),
        *(f"s{index}{kind}" for index in range(len(sums)) for kind in ("", "_n")),
        *(f"h{index}{kind}" for index in range(len(durations)) for kind in COLUMN_KINDS),
    ]  # fmt: skip


def _select(
    selection: Selection, level: str, sums: Sequence[str], durations: Sequence[str]
) -> tuple[str, dict[str, Any]]:
    """The aggregation of one table, and its bound values."""
    family, is_raw = selection.family, level == "raw"
    step, groups, where, bound = selection.raw() if is_raw else selection.cells(level)
    keys = [f"{step} AS i", f"{family.rate if is_raw else '1.0'} AS rate"]
    keys += [f"{name} AS {label}" for name, label in zip(groups, selection.labels, strict=True)]
    aggregates = ["count(*) AS observed" if is_raw else f"sum({family.rows}) AS observed"]
    aggregates += [
        f"{of_rows if is_raw else of_cells} AS {name}"
        for name, (of_rows, of_cells) in columns.extremes_of(selection.family).items()
    ]
    for index, name in enumerate(sums):
        column = columns.sum_of(family, name, f"s{index}")
        total, n = (column.raw, column.raw) if is_raw else (column.cells, column.n or column.cells)
        aggregates += [f"{total} AS s{index}", f"{n if n != total else 'NULL'} AS s{index}_n"]
        bound |= column.values
    for index, name in enumerate(durations):
        aggregates += _durations(selection, name, f"h{index}", is_raw=is_raw)
    table = family.raw if is_raw else family.cells[level]
    order = ", ".join(str(number + 1) for number in range(len(keys)))
    listed = ", ".join([*keys, *aggregates])
    return f"SELECT {listed} FROM {table} WHERE {where} GROUP BY {order}", bound


def _durations(selection: Selection, name: str, alias: str, *, is_raw: bool) -> list[str]:
    durations = columns.durations_of(selection.family, name)
    if is_raw and durations.raw_list:
        listed = f"string_agg(nullif({durations.raw_list}, ''), ',')"
        parts = ["CAST(NULL AS bytea)", listed, "CAST(NULL AS bigint)", "CAST(NULL AS numeric)"]
    else:
        column = durations.column
        counts_n = not is_raw and selection.family.source == "client"
        parts = [
            f"string_agg({column}, ''::bytea)", "CAST(NULL AS text)",
            f"sum({column}_n)" if counts_n else "CAST(NULL AS bigint)",
            f"sum({column}_sum_us)",
        ]  # fmt: skip
    return [f"{part} AS {alias}{kind}" for part, kind in zip(parts, COLUMN_KINDS, strict=True)]


def _largest(selection: Selection) -> str:
    """A JOIN that limits `cells` to the `:most` largest value sets, in their order."""
    names = ", ".join(selection.labels)
    return (
        f" JOIN (SELECT {names}, sum(observed) AS frequency FROM cells GROUP BY {names} "
        f"ORDER BY frequency DESC, {names} LIMIT :most) AS top USING ({names}) "
        f"ORDER BY frequency DESC, {names}"
    )
