"""Reads the states of sessions: over time from cells and reports, and as they are now."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, text

from models.metrics.dimensions import SPLIT_BY
from models.raw.sessions import IS_AUTOMATED, IS_BLIND
from models.rollups.session_states import HEARD_FOR, SILENT_AFTER, of_reports

from .selection import RAW, Selection


@dataclass(frozen=True, slots=True)
class CurrentStates:
    """Sessions heard within ten minutes whose pages were not left; of those `present` (heard within
    150 s) the ones without a connection with all their `open_losses`; and the silent ones."""

    heard: int = 0
    present: int = 0
    without_connection: int = 0
    silent: int = 0
    open_losses: int = 0


def from_reports(selection: Selection) -> Selection:
    """`selection` of `STATES`, whose rows are counted from the reports: a row per session and
    minute. `pieces.raw` begin and end with full minutes; filters apply to a session's newest
    report."""
    names = [(f"{RAW}s{number}", f"{RAW}e{number}") for number in range(len(selection.pieces.raw))]
    raw = " UNION ALL ".join(of_reports(*each, SPLIT_BY) for each in names)
    return replace(selection, family=replace(selection.family, raw=f"({raw}) AS states"))


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
