"""Totals of a range by whole label: close codes, networks, errors, messages by type."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, text

from models.rollups.report_aggregates import WEIGHT

from .labels import MAPS, label_entries
from .selection import Selection

MOST_LABELS = 200
MOST_CLOSE_CODES = 100
_MOST = {"close_codes": MOST_CLOSE_CODES}


def label_totals(
    connection: Connection, selection: Selection, names: Iterable[str]
) -> dict[str, dict[str, float]]:
    """The weighted amounts of each of `names` by label, the largest first, at most `MOST_LABELS`.

    Reports by network count reports, which are not weighted. Raises `LookupError`.
    """
    totals: dict[str, dict[str, float]] = {name: {} for name in names}
    columns = dict.fromkeys(MAPS[selection.family.source][name][0] for name in totals)
    pieces, values = _pieces(selection, list(columns))
    parts = [_of_name(selection, name) for name in totals]
    statement = f"WITH pieces AS MATERIALIZED ({pieces}) {' UNION ALL '.join(parts)}"
    for name, label, amount in connection.execute(text(statement), values):
        totals[name][label] = amount
    return totals


def _pieces(selection: Selection, columns: list[str]) -> tuple[str, dict[str, Any]]:
    """The maps of all rows and cells, with the weight of their amounts."""
    _, _, where, values = selection.raw()
    values |= selection.values
    listed = [
        "jsonb_build_object(coalesce(effective_type, 'unknown'), 1) AS networks"
        if name == "networks"
        else name
        for name in columns
    ]
    weight = WEIGHT if selection.family.source == "client" else "1.0"
    parts = [f"SELECT {weight} AS w, {', '.join(listed)} FROM {selection.family.raw} WHERE {where}"]
    for level, table in selection.family.cells.items():
        if getattr(selection.pieces, level):
            _, _, where, bound = selection.cells(level)
            parts.append(f"SELECT 1.0, {', '.join(columns)} FROM {table} WHERE {where}")
            values |= bound
    return " UNION ALL ".join(parts), values


def _of_name(selection: Selection, name: str) -> str:
    entries = label_entries(selection.family.source, name, "a")
    weighted = entries.amount if name == "networks" else f"{entries.amount} * w"
    return (
        f"(SELECT '{name}', label, sum({weighted}) FROM pieces, {entries.entries} "
        f"WHERE {entries.column} <> '{{}}' GROUP BY 2 "
        f"ORDER BY 3 DESC, 2 LIMIT {_MOST.get(name, MOST_LABELS)})"
    )
