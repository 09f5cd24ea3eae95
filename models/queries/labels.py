"""SQL for counts that are stored by label, in JSON maps of raw rows and cells alike.

A sum is selected by its name. Followed by the value of each part of the label ('' for any),
between unit separators, it covers those labels alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from models.metrics import weights
from models.metrics.dimensions import SEPARATOR, UNKNOWN
from models.metrics.server_columns import BY_LABEL

from .selection import RAW, Selection

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
# Raw rows have a value where cells have a map; it counts rows, which are not weighted.
RAW_MAPS = {"networks": "jsonb_build_object(coalesce(effective_type, 'unknown'), 1)"}
MOST_LABELS = {"close_codes": 100}
MOST_OTHER_LABELS = 200
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
    of = label_entries(selection.family.source, sum_name, "a")
    entries = (
        f"LATERAL (SELECT {_part(part, of.parts)} AS l, {of.amount} AS amount FROM {of.entries} "
        f"WHERE {of.condition} AND {of.amount} > 0) AS entries"
    )
    amounts = {"c": "sum(amount)", "observed": "count(*)"}
    parts = [selection.select(level, amounts, ["l"], entries) for level in selection.levels]
    if not parts:
        return []
    names = ", ".join([*selection.labels, "l"])
    statement = (
        f"WITH cells AS MATERIALIZED ({' UNION ALL '.join(parts)}) "
        f"SELECT {selection.step_number}, rate, {names}, c FROM cells{selection.largest('l')}"
    )
    return connection.execute(text(statement), selection.values | of.values).all()


def label_totals(
    connection: Connection, selection: Selection, names: Iterable[str]
) -> dict[str, dict[str, float]]:
    """The weighted amounts of each of `names` by label, the largest first, at most `MOST_LABELS`;
    `selection` is of one step and not grouped. Raises `LookupError`."""
    totals: dict[str, dict[str, float]] = {name: {} for name in names}
    parts = [
        selection.select(level, {"c": "sum(amount)"}, ["name", "label"], entries)
        for level in selection.levels
        for entries in [_all_entries(selection, level, totals)]
    ]
    statement = text(f"SELECT rate, name, label, c FROM ({' UNION ALL '.join(parts)}) AS parts")
    for rate, name, label, amount in connection.execute(statement, selection.values):
        weight = 1.0 if name in RAW_MAPS else weights.count_weight(float(rate)) / weights.PARTS
        totals[name][label] = totals[name].get(label, 0.0) + amount * weight
    return {name: _largest(amounts, name) for name, amounts in totals.items()}


def _all_entries(selection: Selection, level: str, names: Iterable[str]) -> str:
    """The entries of several maps, with the name of their sum."""
    parts = []
    for name in names:
        of = label_entries(selection.family.source, name, "a")
        column = RAW_MAPS.get(name, of.column) if level == RAW else of.column
        parts.append(
            f"SELECT '{name}' AS name, label, {of.amount} AS amount "
            f"FROM jsonb_each({column}) AS entry (label, amount)"
        )
    return f"LATERAL ({' UNION ALL '.join(parts)}) AS entries"


def _largest(amounts: dict[str, float], name: str) -> dict[str, float]:
    ordered = sorted(amounts.items(), key=lambda entry: (-entry[1], entry[0]))
    return dict(ordered[: MOST_LABELS.get(name, MOST_OTHER_LABELS)])


def _number(value: str) -> str:
    return f"CAST({value} AS double precision)"


def _part(index: int, parts: int) -> str:
    """A label of one part may contain slashes."""
    if parts <= 1:
        return "label"
    return f"coalesce(nullif(split_part(label, '{SLASH}', {index + 1}), ''), '{UNKNOWN}')"
