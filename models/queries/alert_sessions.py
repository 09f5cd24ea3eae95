"""What alert rules ask about sessions: how many there were, and how many had no abnormal close.

They do not add up over steps as reports do: one that reports in two steps is one session. But those
whose last report lies in a step do, over windows that all end now; and so do those whose last
abnormal close does. The past is told as charts tell it: by the hour in which sessions began.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from models.rollups.client_rollups import SPLIT_BY

from . import alert_windows
from .alert_windows import PLACE, WindowQuery, WindowRows, most_seen

SUMS = {"sessions": "observed", "calm_sessions": "observed - abnormal"}


def ask(connection: Connection, question: WindowQuery) -> WindowRows:
    """Sums that are right over any number of last steps, and over no others."""
    named, by_value = alert_windows.by_values(question)
    names = "".join(f", {name}" for name in named)
    statement = (
        f"WITH seen AS MATERIALIZED (SELECT session_id, {_listed(by_value)}"
        "max(period_end) AS latest, "
        "max(period_end) FILTER (WHERE abnormal_closes > 0) AS broken "
        f"FROM client_reports WHERE {alert_windows.rows_of(question)} GROUP BY session_id{names}), "
        "cells AS MATERIALIZED (SELECT date_bin(:step, ended, :start) AS t, max(latest) AS latest"
        f"{names}, sum(one) AS observed, sum(bad) AS abnormal FROM seen, "
        "LATERAL (VALUES (latest, 1, 0), (broken, 0, 1)) AS ends (ended, one, bad) "
        f"WHERE ended IS NOT NULL GROUP BY 1{names}) "
        f"SELECT latest, {_answered(question, named)}"
    )
    rows = [tuple(row) for row in connection.execute(text(statement), question.values)]
    return WindowRows([row[1:] for row in rows], max((row[0] for row in rows), default=None))


def began(connection: Connection, question: WindowQuery, settled: datetime | None) -> Sequence[Any]:
    """Rows as `WindowRows` has them, of sessions by the hour in which they were first heard of:
    from cells before `settled`, from the sessions themselves after that."""
    named, by_value = alert_windows.by_values(question)
    divided = [name for name in question.dimensions if name in SPLIT_BY]
    until = question.start if settled is None or len(divided) > 1 else settled
    names = "".join(f", {name}" for name in named)
    kept = [
        f"{'app' if name == 'app' else 'value'} AS {place}"
        for name, place in zip(question.dimensions, named, strict=True)
    ]
    statement = (
        f"WITH came AS (SELECT t, {_listed(kept)}started, abnormal FROM session_hours "
        "WHERE dimension = :divided AND t >= :start AND t < least(:until, :end) UNION ALL "
        f"SELECT first_seen, {_listed(by_value)}1, CAST(abnormal_closes > 0 AS integer) "
        "FROM sessions WHERE first_seen >= greatest(:until, :start) AND first_seen < :end), "
        f"cells AS MATERIALIZED (SELECT date_bin(:step, t, :start) AS t{names}, "
        f"sum(started) AS observed, sum(abnormal) AS abnormal FROM came GROUP BY 1{names}) "
        f"SELECT {_answered(question, named)}"
    )
    values = question.values | {"until": until, "divided": divided[0] if divided else ""}
    return [tuple(row) for row in connection.execute(text(statement), values)]


def _listed(columns: Sequence[str]) -> str:
    return "".join(f"{column}, " for column in columns)


def _answered(question: WindowQuery, named: Sequence[str]) -> str:
    """Per step and value set; of very many those with the most sessions. A session weighs one."""
    columns = ", ".join([PLACE, "1.0", *named, *(SUMS[name] for name in question.sums)])
    return f"{columns} FROM cells {most_seen(named)}"
