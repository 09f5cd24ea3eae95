"""SQL for counts that are stored by label: the sum of all labels, of some, and split by label.

A sum is selected by its name. Followed by the value of each part of the label ('' for any),
between unit separators, it covers those labels alone: `closed`, `1006`, `` means `1006/nobody` and
`1006/server`. Amounts are in JSON maps, in raw rows and cells alike.
"""

from dataclasses import dataclass

from models.metrics.dimensions import SEPARATOR, UNKNOWN
from models.metrics.server_columns import BY_LABEL

SLASH = "/"  # between the parts of a label
# The column with the map of a sum, and the amount within the value of an entry.
MAPS = {
    "client": {"close_codes": ("close_codes", "{}")},
    "server": {
        **{name: (name, "{}") for name in BY_LABEL},
        "sent_by_type": ("by_type", "{} -> 0"),
        "received_by_type": ("by_type", "{} -> 1"),
    },
}
# Sums of all labels that have a column of their own.
TOTAL_COLUMNS = {"server": {"closed": "closes", "errors": "error_count"}, "client": {}}


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
    added = TOTAL_COLUMNS[source].get(sum_name)
    if added is not None:
        return f"sum({added})", {}
    entries = label_entries(source, sum_name, prefix)
    name, *parts = sum_name.split(SEPARATOR)
    if len(parts) == 1 and entries.values:  # a look-up takes a tenth of unnesting all entries
        entry = f"{entries.column} -> CAST(:{prefix}p0 AS text)"
        added = _number(MAPS[source][name][1].format(entry))
    else:
        added = f"(SELECT sum({entries.amount}) FROM {entries.entries} WHERE {entries.condition})"
    return f"sum({added}) FILTER (WHERE {entries.column} <> '{{}}')", entries.values


def _number(value: str) -> str:
    return f"CAST({value} AS double precision)"


def _part(index: int, parts: int) -> str:
    """A label of one part may contain slashes."""
    if parts == 1:
        return "label"
    return f"coalesce(nullif(split_part(label, '{SLASH}', {index + 1}), ''), '{UNKNOWN}')"
