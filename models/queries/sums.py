"""Sums and concatenated histograms per step and group, of raw rows and cells in one statement."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, text

from models.metrics.client_columns import OF_SESSIONS, PACKED
from models.metrics.grid import BEFORE
from models.metrics.histogram_codec import COLUMN_KINDS

from . import columns
from .selection import RAW, Family, Selection
from .session_amounts import AMOUNTS, SESSION_ID

_amounts = [f"a{number}" for number in range(len(AMOUNTS))]
_session_columns = ("session", "packed", *_amounts)
TOO_MANY = b""  # no session
MOST_ROWS_A_STEP = 4  # of a value set: rows of each table, and sample rate


@dataclass(frozen=True, slots=True)
class SumRows:
    """`columns` names what the values of each of `rows` are: `i` (step number), `rate`, the groups
    `d0`, ..., `observed` raw rows, the extremes, then for each sum `s<n>` and `s<n>_n`, and for
    each kind of durations `h<n>` (packed), `h<n>_list` (integers in ms), `h<n>_n`, `h<n>_us`.

    `sessions` has rows of step number, rate, session id (16 bytes), concatenated `largest_sessions`
    and `session_amounts.AMOUNTS`: of raw rows one per step, rate and session, without
    `largest_sessions`; of cells one per step and table, with that alone. `has_all_sessions`: raw
    rows were not too many to be read by session.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    sessions: Sequence[Sequence[Any]] = ()
    has_all_sessions: bool = True


def sum_rows(
    connection: Connection,
    selection: Selection,
    sums: Sequence[str],
    durations: Sequence[str] = (),
    before: str = "",
    *,
    sessions_of: int = 0,
) -> SumRows:
    """A row per step, sample rate and group, and per table they come from; of the rows of `before`,
    an item of FROM, with the number `BEFORE` of a step; `sessions_of`: with what sessions bring,
    which has no groups, from raw rows where these are so many at most.

    Counts of raw rows are to be weighted by 1/rate; the rate of cells is 1. Raises `LookupError`
    for a sum or durations that the family has not, before any statement runs.
    """
    of_rows = _aggregates(selection, RAW, sums, durations)
    names = ["i", "rate", *selection.labels, *of_rows]
    with_sessions = sessions_of > 0
    parts = [
        selection.select(
            level,
            _aggregates(selection, level, sums, durations)
            | (_no_session(level) if with_sessions else {}),
        )
        for level in selection.levels
    ]
    by_session = with_sessions and RAW in selection.levels
    if by_session:
        parts += _by_session(selection, names)
    names = [*names, *(_session_columns if with_sessions else ())]
    if not parts:
        return SumRows(names, [])
    union = " UNION ALL ".join(parts)
    listed = ", ".join([f"{selection.step_number} AS i", *names[1:]])
    statement = f"SELECT {listed} FROM ({union}) AS cells"
    if before:
        statement += f" UNION ALL {selection.select_all(before, [f'{BEFORE}', '1.0'], of_rows)}"
    if by_session:
        statement = f"WITH {_first_rows(selection)}{statement}"
    values = selection.values | {"sessions_of": sessions_of}
    for index, name in enumerate(sums):
        values |= columns.sum_of(selection.family, name, f"s{index}").values
    if selection.group_by and selection.most is not None:
        rows = _of_largest(connection, selection, statement, values, names)
    else:
        rows = connection.execute(text(statement), values).all()
    return _apart(names, rows) if with_sessions else SumRows(names, rows)


def _of_largest(
    connection: Connection,
    selection: Selection,
    statement: str,
    values: dict[str, Any],
    names: Sequence[str],
) -> Sequence[Sequence[Any]]:
    """The rows of the `most` largest value sets, in their order.

    To limit them in SQL their histograms are copied twice, which takes as long again as to add them
    up: so it is done there only where that saves reading many more.
    """
    most = selection.most or 0
    limit = most * selection.grid.steps * MOST_ROWS_A_STEP
    bound = values | {"limit": limit}
    rows = connection.execute(text(f"{statement} LIMIT :limit"), bound).all()
    if len(rows) == limit:
        limited = (
            f"WITH cells AS MATERIALIZED ({statement}) "
            f"SELECT {', '.join(names)} FROM cells{selection.largest()}"
        )
        rows = connection.execute(text(limited), values).all()
    return _in_order(rows, len(selection.group_by), most)


def _in_order(rows: Sequence[Any], groups: int, most: int) -> list[Any]:
    """The rows of the `most` value sets with the most raw rows, those with more first."""
    keys = [tuple(row[2 : 2 + groups]) for row in rows]
    frequency = Counter[tuple[Any, ...]]()
    for key, row in zip(keys, rows, strict=True):
        frequency[key] += row[2 + groups]
    ordered = sorted(frequency, key=lambda key: (-frequency[key], key))
    ranks = {key: rank for rank, key in enumerate(ordered[:most])}
    ranked = [(ranks[key], row) for key, row in zip(keys, rows, strict=True) if key in ranks]
    return [row for _, row in sorted(ranked, key=itemgetter(0))]


def _apart(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> SumRows:
    """The rows of sums, and those of sessions."""
    first = len(names) - len(_session_columns)
    of_sessions = [
        (row[0], row[1], *row[first:])
        for row in rows
        if row[first] is not None or row[first + 1] is not None
    ]
    return SumRows(
        names[:first],
        [row[:first] for row in rows if row[first] is None],
        [row for row in of_sessions if row[2] != TOO_MANY],
        has_all_sessions=all(row[2] != TOO_MANY for row in of_sessions),
    )


def _no_session(level: str) -> dict[str, str]:
    packed = "CAST(NULL AS bytea)" if level == RAW else "string_agg(largest_sessions, ''::bytea)"
    kinds = ["bytea" if name in PACKED else "bigint" for name in OF_SESSIONS]
    amounts = {name: f"CAST(NULL AS {kind})" for kind, name in zip(kinds, _amounts, strict=True)}
    return {"session": "CAST(NULL AS bytea)", "packed": packed, **amounts}


def _by_session(selection: Selection, names: Sequence[str]) -> list[str]:
    """Raw rows by session, in the columns of all parts; where there are more than `:sessions_of`
    none, and a row of the session `TOO_MANY`."""
    amounts = dict(zip(_amounts, AMOUNTS, strict=True))
    of_first = replace(selection, family=replace(selection.family, raw="first_rows"))
    rows = of_first.select(RAW, amounts, [f"{SESSION_ID} AS session"])
    nothing = ", ".join(f"NULL AS {name}" for name in names[2:])
    none = ", ".join(f"NULL AS {name}" for name in _amounts)
    is_few = "(SELECT count(*) FROM first_rows) <= :sessions_of"
    return [
        f"SELECT i, rate, {nothing}, session, CAST(NULL AS bytea) AS packed, {', '.join(_amounts)} "
        f"FROM ({rows}) AS of_sessions WHERE {is_few}",
        f"SELECT NULL AS i, 1.0 AS rate, {nothing}, CAST('' AS bytea) AS session, "
        f"CAST(NULL AS bytea) AS packed, {none} WHERE NOT {is_few}",
    ]


def _first_rows(selection: Selection) -> str:
    """The raw rows that are read by session: one more than `:sessions_of` at most."""
    return (
        f"first_rows AS MATERIALIZED (SELECT * FROM {selection.family.raw} "
        f"WHERE {selection.where(RAW)} LIMIT :sessions_of + 1) "
    )


def _aggregates(
    selection: Selection, level: str, sums: Sequence[str], durations: Sequence[str]
) -> dict[str, str]:
    """The aggregates over one table, by column."""
    family, is_raw = selection.family, level == RAW
    aggregates = {"observed": family.raw_rows if is_raw else f"sum({family.rows})"}
    if selection.extremes:
        extremes = columns.extremes_of(family)
        aggregates |= {name: each[0 if is_raw else 1] for name, each in extremes.items()}
    for index, name in enumerate(sums):
        column = columns.sum_of(family, name, f"s{index}")
        aggregates[f"s{index}"] = column.raw if is_raw else column.cells
        aggregates[f"s{index}_n"] = "NULL" if is_raw else column.n or "NULL"
    for index, name in enumerate(durations):
        parts = _durations(family, name, is_raw)
        aggregates |= {f"h{index}{kind}": p for kind, p in zip(COLUMN_KINDS, parts, strict=True)}
    return aggregates


def _durations(family: Family, name: str, is_raw: bool) -> list[str]:
    durations = columns.durations_of(family, name)
    nothing = [f"CAST(NULL AS {kind})" for kind in ("bytea", "text", "bigint", "numeric")]
    if is_raw and durations.raw_list:
        return [nothing[0], f"string_agg(nullif({durations.raw_list}, ''), ',')", *nothing[2:]]
    column = durations.column
    n = nothing[2] if is_raw or family.source != "client" else f"sum({column}_n)"
    return [f"string_agg({column}, ''::bytea)", nothing[1], n, f"sum({column}_sum_us)"]
