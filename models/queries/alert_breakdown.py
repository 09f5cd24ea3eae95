"""Sums for alert rules that are split by a part of a label: per step, dimension values and part.

Of more than `most` value sets only the most frequent ones are answered, in that order.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from . import alert_rollups, alert_windows
from .alert_labels import LabelEntries, label_entries
from .alert_windows import RATES, STEP, STEP_NUMBER, TABLES, WindowQuery

Rows = Sequence[Sequence[Any]]


def raw_breakdown(connection: Connection, query: WindowQuery, sum_name: str, part: int) -> Rows:
    """From raw rows: step number, sample rate, the value of each dimension, the label's part, and
    its amount. Raises `LookupError` for a sum that is in no map."""
    entries = label_entries(query.source, sum_name, "a")
    _, by_value = alert_windows.dimension_columns(query)
    selected = [f"{STEP} AS t", f"{RATES[query.source]} AS rate", *by_value]
    rows = f"{TABLES[query.source]}, {entries.entries}"
    where = alert_windows.row_condition(query)
    return _largest_first(
        connection, query, _entry_sums(entries, part, selected, rows, where), entries
    )


def rollup_breakdown(connection: Connection, query: WindowQuery, sum_name: str, part: int) -> Rows:
    """The same from rollup cells, whose amounts are weighted already: the rate is 1."""
    entries = label_entries(query.source, sum_name, "a")
    scope = alert_rollups.cell_scope(query)
    selected = [f"{alert_rollups.STEP} AS t", "1.0 AS rate", *scope.by_value]
    rows = f"{scope.table}, {entries.entries}"
    statement = _entry_sums(entries, part, selected, rows, scope.condition)
    return _largest_first(connection, query, statement, entries, d=scope.dimension)


def _entry_sums(
    entries: LabelEntries, part: int, selected: Sequence[str], rows: str, where: str
) -> str:
    keys = ", ".join(str(n + 1) for n in range(len(selected) + 1))
    return (
        f"SELECT {', '.join(selected)}, {entries.part(part)} AS l, sum({entries.amount}) AS c, "
        f"count(*) AS observed FROM {rows} WHERE {where} AND {entries.condition} "
        f"AND {entries.amount} > 0 GROUP BY {keys}"
    )


def _largest_first(
    connection: Connection, query: WindowQuery, statement: str, entries: LabelEntries, **more: str
) -> Rows:
    names = ", ".join([*(f"d{index}" for index in range(len(query.dimensions))), "l"])
    ordered = (
        f"WITH cells AS MATERIALIZED ({statement}), top AS (SELECT {names}, "
        f"sum(observed) AS frequency FROM cells GROUP BY {names} ORDER BY frequency DESC, {names} "
        f"LIMIT :most) SELECT {STEP_NUMBER}, rate, {names}, c FROM cells JOIN top USING ({names}) "
        f"ORDER BY frequency DESC, {names}"
    )
    values = query.values | entries.values | more
    return [tuple(row) for row in connection.execute(text(ordered), values)]
