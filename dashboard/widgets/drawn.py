"""The content of a panel: the same values as a figure, a table and a CSV."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Column = dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """Raw rows of a panel; columns have key, label, kind (`time text count number ms seconds share
    bytes p`)."""

    columns: list[Column]
    rows: list[list[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelContent:
    """`body` is a figure or components; `foot` has one text or component at the left and one
    at the right.

    `title` and `legend` are for a panel with a dynamic title; without a title it is hidden.
    `not_counted` says why the figures were not counted, and what to change.
    """

    unit: str
    body: Any
    foot: Sequence[Any]
    table: Table
    label: str = ""
    is_empty: bool = False
    title: str = ""
    legend: Sequence[Any] = ()
    empty_text: str = field(default="There is nothing to draw in this range.")
    not_counted: str = ""


def without_figures(unit: str, reason: str) -> PanelContent:
    """The content of a panel whose figures were not counted for the selection."""
    table = Table([column("not_counted", "Not counted", "text")], [[reason]])
    return PanelContent(unit=unit, body=None, foot=[], table=table, not_counted=reason)


def column(key: str, label: str, kind: str, color: str = "", drawn_as: str = "") -> Column:
    """A column; with a colour it has a swatch in the hover box."""
    return {"key": key, "label": label, "kind": kind, "color": color, "drawn": drawn_as}
