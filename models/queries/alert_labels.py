"""Counts that the store keeps apart by labels: as the sum of all, of some, and told apart.

A sum is asked for by its name; with the value of each part of a label behind it ('' for any one),
between unit separators, it is of those labels alone: `closed`, `1006`, `` for `1006/nobody` and
`1006/server`. Amounts are in maps of JSON, those of rows and of cells alike.
"""

from dataclasses import dataclass

from models.raw.server_samples import BY_LABEL

SEPARATOR = "\x1f"
SLASH = "/"  # between the parts of a label
UNKNOWN = "unknown"
# The map that holds a sum, and how much of it an entry's value tells.
MAPS = {
    "client": {"close_codes": ("close_codes", "{}")},
    "server": {
        **{name: (name, "{}") for name in BY_LABEL},
        "sent_by_type": ("by_type", "{} -> 0"),
        "received_by_type": ("by_type", "{} -> 1"),
    },
}
# Sums of all labels that stand in columns of their own.
ADDED_UP = {"server": {"closed": "closes", "errors": "error_count"}, "client": {}}


@dataclass(frozen=True, slots=True)
class Told:
    """SQL over the entries (`label`, `amount`) of the map `column`: how much an entry tells, and
    which entries are asked for, by `values` bound in it."""

    column: str
    amount: str
    condition: str
    values: dict[str, str]
    parts: int

    @property
    def entries(self) -> str:
        """All entries of a row's map."""
        return f"jsonb_each({self.column}) AS told (label, amount)"

    def part(self, place: int) -> str:
        """One part of an entry's label."""
        return _part(place, self.parts)


def told(source: str, asked: str, prefix: str) -> Told:
    """How to read a sum from its map; values are bound by names that begin with `prefix`.

    Raises `LookupError` for a sum no map holds.
    """
    name, *wanted = asked.split(SEPARATOR)
    column, telling = MAPS[source][name]
    values = {f"{prefix}p{place}": value for place, value in enumerate(wanted) if value}
    chosen = [
        f"{_part(place, len(wanted))} = :{prefix}p{place}"
        for place, value in enumerate(wanted)
        if value
    ]
    amount = _number(telling.format("amount"))
    return Told(column, amount, " AND ".join(chosen) or "true", values, len(wanted))


def total(source: str, asked: str, prefix: str) -> tuple[str, dict[str, str]]:
    """The SQL that adds a sum up over rows, and the values bound in it. Raises `LookupError`."""
    added = ADDED_UP[source].get(asked)
    if added is not None:
        return f"sum({added})", {}
    read = told(source, asked, prefix)
    name, *wanted = asked.split(SEPARATOR)
    if len(wanted) == 1 and read.values:  # a look-up takes a tenth of going through all entries
        entry = f"{read.column} -> CAST(:{prefix}p0 AS text)"
        added = _number(MAPS[source][name][1].format(entry))
    else:
        added = f"(SELECT sum({read.amount}) FROM {read.entries} WHERE {read.condition})"
    return f"sum({added}) FILTER (WHERE {read.column} <> '{{}}')", read.values


def _number(value: str) -> str:
    return f"CAST({value} AS double precision)"


def _part(place: int, parts: int) -> str:
    """A label of one part may hold slashes of its own."""
    if parts == 1:
        return "label"
    return f"coalesce(nullif(split_part(label, '{SLASH}', {place + 1}), ''), '{UNKNOWN}')"
