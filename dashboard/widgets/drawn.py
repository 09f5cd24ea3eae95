"""What a panel shows for one reading: the same values drawn, tabled and downloadable."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Column = dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows behind a panel, raw; columns say key, label and kind (`time text count ms share`)."""

    columns: list[Column]
    rows: list[list[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """`body` is a figure or components; `foot` has one text at the left and one at the right.

    `title` and `legend` are those of a panel named late; one without any title is not shown.
    """

    unit: str
    body: Any
    foot: Sequence[str]
    table: Table
    label: str = ""
    is_empty: bool = False
    title: str = ""
    legend: Sequence[Any] = ()
    empty_words: str = field(default="There is nothing to draw in this range.")


def column(key: str, label: str, kind: str, color: str = "", drawn_as: str = "") -> Column:
    """A column; with a colour it has a key in the hover box."""
    return {"key": key, "label": label, "kind": kind, "color": color, "drawn": drawn_as}
