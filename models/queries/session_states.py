"""Reads the states of sessions: over time from cells and reports, and as they are now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from models.database.intervals import condition
from models.metrics.dimensions import SPLIT_BY
from models.raw.sessions import IS_AUTOMATED, IS_BLIND
from models.rollups.session_states import COUNTED, FIGURES, HEARD_FOR, SILENT_AFTER, of_reports

from .selection import Selection

# A minute belongs to the step in which it ends: states are those at its end.
_AT_END = "t + interval '59.999999 seconds'"
Rows = Sequence[Sequence[Any]]
Part = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class CurrentStates:
    """Sessions heard within ten minutes whose pages were not left; of those `present` (heard within
    150 s) the ones without a connection with all their `open_losses`; and the silent ones."""

    heard: int = 0
    present: int = 0
    without_connection: int = 0
    silent: int = 0
    open_losses: int = 0


def counted(connection: Connection, selection: Selection) -> Rows:
    """Rows of step number, the value of each group, and sessions heard, without a connection and
    silent, added up over minutes.

    `pieces.raw` are counted from the reports; all pieces begin and end with full minutes.
    """
    parts = [
        *(
            _of_cells(selection, level)
            for level in selection.family.cells
            if getattr(selection.pieces, level)
        ),
        *(_of_reports(selection, number) for number in range(len(selection.pieces.raw))),
    ]
    if not parts:
        return []
    values = selection.values
    for _, bound in parts:
        values |= bound
    labels = "".join(f", {label}" for label in selection.labels)
    added = ", ".join(f"CAST(sum({name}) AS bigint)" for name in FIGURES)
    order = ", ".join(str(n + 1) for n in range(1 + len(selection.labels)))
    union = " UNION ALL ".join(statement for statement, _ in parts)
    statement = (
        f"SELECT {selection.step_number}{labels}, {added} FROM ({union}) AS parts GROUP BY {order}"
    )
    return [tuple(row) for row in connection.execute(text(statement), values)]


def current(
    connection: Connection, selection: Selection, at: datetime
) -> tuple[CurrentStates, dict[str, int], dict[str, int]]:
    """The states at `at` of the sessions that `selection` accepts; of those that reported within
    its range the ones that may have missed connections, by reason; and of all that pass its filters
    then the automated ones, by name."""
    heard = ["last_seen >= :heard_from", "last_seen < :at", "open_losses IS NOT NULL"]
    heard += ["leaving IS NOT TRUE", *selection.accepted]
    blind = [IS_BLIND, "last_seen >= :start", "first_seen < :end", *selection.accepted]
    present = "last_seen >= :present_from"
    statement = (
        "SELECT (SELECT jsonb_object_agg(reason, n) FROM (SELECT reason, count(*) AS n "
        "FROM sessions, jsonb_array_elements_text(may_be_blind) AS reason "
        f"WHERE {' AND '.join(blind)} GROUP BY 1) AS reasons), "
        f"({_by_name(selection)}), "
        f"count(*), count(*) FILTER (WHERE {present}), "
        f"count(*) FILTER (WHERE {present} AND open_losses > 0), "
        f"count(*) FILTER (WHERE NOT ({present})), "
        f"coalesce(sum(open_losses) FILTER (WHERE {present}), 0) "
        f"FROM sessions WHERE {' AND '.join(heard)}"
    )
    values = selection.values | {
        "at": at, "heard_from": at - HEARD_FOR, "present_from": at - SILENT_AFTER,
        "start": selection.grid.start, "end": selection.grid.end,
    }  # fmt: skip
    ((reasons, names, *counts),) = connection.execute(text(statement), values)
    return CurrentStates(*map(int, counts)), _largest_first(reasons), _largest_first(names)


def automated(connection: Connection, selection: Selection) -> dict[str, int]:
    """The sessions of crawlers and probes that reported within the range of `selection` and pass
    its filters, by name."""
    ends = {"start": selection.grid.start, "end": selection.grid.end}
    statement = text(_by_name(selection))
    return _largest_first(connection.execute(statement, selection.values | ends).scalar_one())


def _by_name(selection: Selection) -> str:
    where = [IS_AUTOMATED, "last_seen >= :start", "first_seen < :end", *selection.filtered]
    return (
        "SELECT jsonb_object_agg(automated, n) FROM (SELECT automated, count(*) AS n "
        f"FROM sessions WHERE {' AND '.join(where)} GROUP BY 1) AS names"
    )


def _largest_first(counts: dict[str, int] | None) -> dict[str, int]:
    return dict(sorted((counts or {}).items(), key=lambda item: (-item[1], item[0])))


def _of_cells(selection: Selection, level: str) -> Part:
    where, bound = condition(getattr(selection.pieces, level), "t", prefix=level)
    conditions, values = selection.of_cells()
    listed = "".join(
        f", {group} AS {label}"
        for group, label in zip(selection.cell_groups, selection.labels, strict=True)
    )
    return (
        f"SELECT {selection.step(_AT_END)} AS i{listed}, {', '.join(FIGURES)} "
        f"FROM {selection.family.cells[level]} WHERE {' AND '.join([where, *conditions])}"
    ), bound | values


def _of_reports(selection: Selection, number: int) -> Part:
    """One interval of `pieces.raw`. Filters apply to a session's newest report."""
    names = f"states{number}_from", f"states{number}_until"
    keys = [selection.step(_AT_END), *selection.row_groups]
    aliases = ["i", *selection.labels]
    listed = ", ".join(f"{key} AS {alias}" for key, alias in zip(keys, aliases, strict=True))
    where = " AND ".join(selection.accepted)
    order = ", ".join(str(n + 1) for n in range(len(keys)))
    statement = (
        f"SELECT {listed}, {COUNTED} FROM ({of_reports(*names, SPLIT_BY)}) AS states "
        f"WHERE {where} GROUP BY {order}"
    )
    return statement, dict(zip(names, selection.pieces.raw[number], strict=True))
