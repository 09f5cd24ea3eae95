"""Numbers of sessions: those that started in each step, those carried over into a range, and those
that reported last in each step.

Starts add up over steps: complete hours have them in cells, also by the minute. Together with those
carried over, each session that reported within a range is counted once. Sessions are not weighted.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from models.database.intervals import condition
from models.metrics.intervals import merged
from models.raw.sessions import IS_LONG

from .selection import Selection

CARRIED_OVER = -1  # stands for the number of a step
Rows = Sequence[Sequence[Any]]
Part = tuple[str, dict[str, Any]]


def started(connection: Connection, selection: Selection, *, carried_over: bool) -> Rows:
    """Rows of step number, the value of each group, sessions that started, and the abnormal ones of
    them by now; with `carried_over` also those that began before the range and reported in it.

    `pieces.minutes` are full hours counted by the minute; steps are multiples of a minute.
    """
    pieces = selection.pieces
    if len(selection.split_by) > 1:
        parts = [_of_rows(selection, [*pieces.raw, *pieces.minutes, *pieces.hours, *pieces.days])]
    else:
        parts = [
            _of_rows(selection, pieces.raw),
            _of_minutes(selection),
            *(_of_cells(selection, level) for level in selection.family.cells),
        ]
    values = selection.values
    for _, bound in parts:
        values |= bound
    labels = "".join(f", {label}" for label in selection.labels)
    added = ", ".join(f"CAST(sum({name}) AS bigint) AS {name}" for name in ("observed", "abnormal"))
    order = ", ".join(str(n + 1) for n in range(1 + len(selection.labels)))
    statement = (
        f"WITH cells AS (SELECT i{labels}, {added} "
        f"FROM ({' UNION ALL '.join(statement for statement, _ in parts)}) AS parts "
        f"GROUP BY {order}) SELECT {selection.step_number}{labels}, observed, abnormal FROM cells"
    )
    if carried_over:
        statement += f" UNION ALL {_carried_over(selection)}"
        values["start"] = min(start for part in _pieces(selection) for start, _ in part)
    return connection.execute(text(statement), values).all()


def latest_rows(connection: Connection, selection: Selection) -> tuple[Rows, datetime | None]:
    """Sessions by the step of their last report, and of their last abnormal close: they add up over
    any number of the last steps, and over no others. The rows are those of `started`, of the `most`
    largest groups; beside them the newest `period_end`."""
    step, groups, where, bound = selection.raw()
    listed = "".join(
        f"{group} AS {alias}, " for group, alias in zip(groups, selection.labels, strict=True)
    )
    names = "".join(f", {label}" for label in selection.labels)
    top = ""
    if selection.labels:
        of = ", ".join(selection.labels)
        top = (
            f" JOIN (SELECT {of} FROM cells GROUP BY {of} ORDER BY sum(observed) DESC, {of} "
            f"LIMIT :most) AS top USING ({of})"
        )
    statement = (
        f"WITH active AS MATERIALIZED (SELECT session_id, {listed}max(period_end) AS latest, "
        "max(period_end) FILTER (WHERE abnormal_closes > 0) AS broken "
        f"FROM client_reports WHERE {where} GROUP BY session_id{names}), "
        f"cells AS MATERIALIZED (SELECT {step.replace('period_end', 'ended')} AS i{names}, "
        "max(latest) AS latest, sum(session) AS observed, sum(bad) AS abnormal FROM active, "
        "LATERAL (VALUES (latest, 1, 0), (broken, 0, 1)) AS ends (ended, session, bad) "
        f"WHERE ended IS NOT NULL GROUP BY 1{names}) "
        f"SELECT {selection.step_number}{names}, observed, abnormal, latest FROM cells{top}"
    )
    rows = connection.execute(text(statement), selection.values | bound).all()
    return [row[:-1] for row in rows], max((row[-1] for row in rows), default=None)


def _pieces(selection: Selection) -> list[Sequence[Any]]:
    pieces = selection.pieces
    return [part for part in (pieces.raw, pieces.minutes, pieces.hours, pieces.days) if part]


def _of_rows(selection: Selection, intervals: Sequence[Any]) -> Part:
    step, groups, _, _ = selection.raw("first_seen")
    where, bound = condition(merged(intervals), "first_seen", prefix="raw")
    listed = "".join(f", {group} AS {a}" for group, a in zip(groups, selection.labels, strict=True))
    keys = ", ".join(str(n + 1) for n in range(1 + len(groups)))
    accepted = "".join(f" AND {clause}" for clause in selection.accepted)
    return (
        f"SELECT {step} AS i{listed}, count(*) AS observed, "
        "count(*) FILTER (WHERE abnormal_closes > 0) AS abnormal "
        f"FROM sessions WHERE {where}{accepted} GROUP BY {keys}"
    ), bound


def _of_cells(selection: Selection, level: str) -> Part:
    step, groups, where, bound = selection.cells(level)
    listed = "".join(f", {group}" for group in groups)
    table = selection.family.cells[level]
    return f"SELECT {step}{listed}, started, abnormal FROM {table} WHERE {where}", bound


def _of_minutes(selection: Selection) -> Part:
    """Hours are split by the minute in totals alone, so groups can only be apps."""
    where, bound = condition(selection.pieces.minutes, "t", prefix="by_minute")
    conditions, values = selection.of_cells()
    step = selection.step("minute_start")
    listed = "".join(f", {group}" for group in selection.cell_groups)
    return (
        f"SELECT {step}{listed}, c, a FROM (SELECT *, t + interval '1 minute' * (minute - 1) "
        "AS minute_start FROM session_hours, unnest(started_by_minute, abnormal_by_minute) "
        "WITH ORDINALITY AS m (c, a, minute) "
        f"WHERE {where} AND {' AND '.join(conditions)} AND c > 0) AS by_minute"
    ), bound | values


def _carried_over(selection: Selection) -> str:
    """Recent ones are found by their start, long ones by their end."""
    groups = "".join(f"{group}, " for group in selection.row_groups)
    accepted = "".join(f" AND {clause}" for clause in selection.accepted)
    keys = "".join(f", {n + 2}" for n in range(len(selection.labels)))
    parts = " UNION ALL ".join(
        f"SELECT * FROM sessions WHERE {which} AND last_seen >= :start{accepted}"
        for which in (
            "first_seen < :start AND first_seen >= :start - interval '1 hour'",
            f"first_seen < :start - interval '1 hour' AND {IS_LONG}",
        )
    )
    return (
        f"SELECT {CARRIED_OVER}, {groups}count(*), count(*) FILTER (WHERE abnormal_closes > 0) "
        f"FROM ({parts}) AS carried GROUP BY 1{keys}"
    )
