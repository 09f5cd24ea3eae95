"""Session counts for alert rules: all sessions, and those without an abnormal close.

Sessions do not add up over steps as reports do: one that reports in two steps counts once. Counted
by the step of their last report (or last abnormal close), they do add up over windows that all end
now. In the past they are counted as in charts, by the hour in which they began.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from models.metrics.dimensions import SPLIT_BY

from . import alert_windows
from .alert_windows import STEP_NUMBER, WindowQuery, WindowRows, largest_label_sets

SUMS = {"sessions": "observed", "calm_sessions": "observed - abnormal"}


def session_rows(connection: Connection, query: WindowQuery) -> WindowRows:
    """Counts that may be added up over any number of the last steps, and over no others."""
    named, by_value = alert_windows.dimension_columns(query)
    names = "".join(f", {name}" for name in named)
    statement = (
        f"WITH active AS MATERIALIZED (SELECT session_id, {_listed(by_value)}"
        "max(period_end) AS latest, "
        "max(period_end) FILTER (WHERE abnormal_closes > 0) AS broken "
        f"FROM client_reports WHERE {alert_windows.row_condition(query)} "
        f"GROUP BY session_id{names}), "
        "cells AS MATERIALIZED (SELECT date_bin(:step, ended, :start) AS t, max(latest) AS latest"
        f"{names}, sum(session) AS observed, sum(bad) AS abnormal FROM active, "
        "LATERAL (VALUES (latest, 1, 0), (broken, 0, 1)) AS ends (ended, session, bad) "
        f"WHERE ended IS NOT NULL GROUP BY 1{names}) "
        f"SELECT latest, {_selected(query, named)}"
    )
    rows = [tuple(row) for row in connection.execute(text(statement), query.values)]
    return WindowRows([row[1:] for row in rows], max((row[0] for row in rows), default=None))


def session_start_rows(
    connection: Connection, query: WindowQuery, complete_until: datetime | None
) -> Sequence[Any]:
    """Rows as in `WindowRows`, of sessions by the hour of their first report: from cells before
    `complete_until`, from the table of sessions after that."""
    named, by_value = alert_windows.dimension_columns(query)
    dimensions = [name for name in query.dimensions if name in SPLIT_BY]
    until = query.start if complete_until is None or len(dimensions) > 1 else complete_until
    names = "".join(f", {name}" for name in named)
    cell_columns = [
        f"{'app' if name == 'app' else 'value'} AS {label}"
        for name, label in zip(query.dimensions, named, strict=True)
    ]
    statement = (
        f"WITH started AS (SELECT t, {_listed(cell_columns)}started, abnormal FROM session_hours "
        "WHERE dimension = :dimension AND t >= :start AND t < least(:until, :end) UNION ALL "
        f"SELECT first_seen, {_listed(by_value)}1, CAST(abnormal_closes > 0 AS integer) "
        "FROM sessions WHERE first_seen >= greatest(:until, :start) AND first_seen < :end), "
        f"cells AS MATERIALIZED (SELECT date_bin(:step, t, :start) AS t{names}, "
        f"sum(started) AS observed, sum(abnormal) AS abnormal FROM started GROUP BY 1{names}) "
        f"SELECT {_selected(query, named)}"
    )
    values = query.values | {"until": until, "dimension": dimensions[0] if dimensions else ""}
    return [tuple(row) for row in connection.execute(text(statement), values)]


def _listed(columns: Sequence[str]) -> str:
    return "".join(f"{column}, " for column in columns)


def _selected(query: WindowQuery, named: Sequence[str]) -> str:
    """Columns per step and value set, of the largest value sets; sessions are not weighted."""
    columns = ", ".join([STEP_NUMBER, "1.0", *named, *(SUMS[name] for name in query.sums)])
    return f"{columns} FROM cells {largest_label_sets(named)}"
