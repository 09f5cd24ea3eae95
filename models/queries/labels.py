"""SQL for counts that are stored by label, in JSON maps of raw rows and cells alike.

A sum is selected by its name. Followed by the value of each part of the label ('' for any),
between unit separators, it covers those labels alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from models.metrics.dimensions import SEPARATOR, UNKNOWN
from models.metrics.server_columns import BY_LABEL

from .selection import Selection

SLASH = "/"  # between the parts of a label
# The column with the map of a sum, and the amount within the value of an entry.
MAPS = {
    "client": {name: (name, "{}") for name in ("close_codes", "close_codes_given", "networks")},
    "server": {
        **{name: (name, "{}") for name in BY_LABEL},
        "sent_by_type": ("by_type", "{} -> 0"),
        "received_by_type": ("by_type", "{} -> 1"),
    },
}
Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class LabelEntries:
    """SQL over the entries (`label`, `amount`) of the map `column`: the expression of an entry's
    `amount`, and the `condition` that selects entries, with its bound `values`."""

    column: str
    amount: str
    condition: str
    values: dict[str, str]
    parts: int

    @property
    def entries(self) -> str:
        """The FROM item with all entries of a row's map."""
        return f"jsonb_each({self.column}) AS entry (label, amount)"

    def part(self, index: int) -> str:
        """The expression of one part of an entry's label."""
        return _part(index, self.parts)


def label_entries(source: str, sum_name: str, prefix: str) -> LabelEntries:
    """The SQL that reads a sum from its map; names of bound values begin with `prefix`.

    Raises `LookupError` for a sum that is in no map.
    """
    name, *parts = sum_name.split(SEPARATOR)
    column, expression = MAPS[source][name]
    values = {f"{prefix}p{index}": value for index, value in enumerate(parts) if value}
    conditions = [
        f"{_part(index, len(parts))} = :{prefix}p{index}"
        for index, value in enumerate(parts)
        if value
    ]
    amount = _number(expression.format("amount"))
    return LabelEntries(column, amount, " AND ".join(conditions) or "true", values, len(parts))


def total(source: str, sum_name: str, prefix: str) -> tuple[str, dict[str, str]]:
    """The aggregate of a sum over rows, and its bound values. Raises `LookupError`."""
    entries = label_entries(source, sum_name, prefix)
    name, *parts = sum_name.split(SEPARATOR)
    if len(parts) == 1 and entries.values:  # a look-up takes a tenth of unnesting all entries
        entry = f"{entries.column} -> CAST(:{prefix}p0 AS text)"
        added = _number(MAPS[source][name][1].format(entry))
    else:
        added = f"(SELECT sum({entries.amount}) FROM {entries.entries} WHERE {entries.condition})"
    return f"sum({added}) FILTER (WHERE {entries.column} <> '{{}}')", entries.values


def by_label(connection: Connection, selection: Selection, sum_name: str, part: int) -> Rows:
    """A sum split by one part of its label: step number, sample rate, the value of each group, the
    part, and the amount.

    Of more than `most` value sets those of the most rows, in that order. Raises `LookupError` for a
    sum that is in no map.
    """
    entries = label_entries(selection.family.source, sum_name, "a")
    parts, values = [], selection.values | entries.values
    for level in ("raw", *selection.family.cells):
        if getattr(selection.pieces, level):
            statement, bound = _entry_sums(selection, level, entries, part)
            parts.append(statement)
            values |= bound
    if not parts:
        return []
    names = ", ".join([*selection.labels, "l"])
    statement = (
        f"WITH cells AS MATERIALIZED ({' UNION ALL '.join(parts)}), top AS (SELECT {names}, "
        f"sum(observed) AS frequency FROM cells GROUP BY {names} ORDER BY frequency DESC, {names} "
        f"LIMIT :most) SELECT {selection.step_number}, rate, {names}, c FROM cells "
        f"JOIN top USING ({names}) ORDER BY frequency DESC, {names}"
    )
    return [tuple(row) for row in connection.execute(text(statement), values)]


def _entry_sums(
    selection: Selection, level: str, entries: LabelEntries, part: int
) -> tuple[str, dict[str, Any]]:
    family, is_raw = selection.family, level == "raw"
    step, groups, where, bound = selection.raw() if is_raw else selection.cells(level)
    keys = [f"{step} AS i", f"{family.rate if is_raw else '1.0'} AS rate"]
    keys += [f"{name} AS {label}" for name, label in zip(groups, selection.labels, strict=True)]
    order = ", ".join(str(n + 1) for n in range(len(keys) + 1))
    return (
        f"SELECT {', '.join(keys)}, {entries.part(part)} AS l, sum({entries.amount}) AS c, "
        f"count(*) AS observed FROM {family.raw if is_raw else family.cells[level]}, "
        f"{entries.entries} WHERE {where} AND {entries.condition} AND {entries.amount} > 0 "
        f"GROUP BY {order}"
    ), bound


def _number(value: str) -> str:
    return f"CAST({value} AS double precision)"


def _part(index: int, parts: int) -> str:
    """A label of one part may contain slashes."""
    if parts <= 1:
        return "label"
    return f"coalesce(nullif(split_part(label, '{SLASH}', {index + 1}), ''), '{UNKNOWN}')"
