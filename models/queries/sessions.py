"""Numbers of sessions: those that started in each step, those carried over into a range, and those
that reported last in each step.

Starts add up over steps: complete hours have them in cells, also by the minute. Together with those
carried over, each session that reported within a range is counted once. Sessions are not weighted.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from models.database.intervals import condition
from models.raw.sessions import IS_LONG

from .selection import LEVELS, RAW, Selection

CARRIED_OVER = -1  # stands for the number of a step
Rows = Sequence[Sequence[Any]]


def started(connection: Connection, selection: Selection, *, carried_over: bool) -> Rows:
    """Rows of step number, the value of each group, sessions that started, and the abnormal ones of
    them by now; with `carried_over` also those that began before the range and reported in it.

    `pieces.minutes` are full hours counted by the minute; steps are multiples of a minute.
    """
    aggregates = {RAW: ("count(*)", "count(*) FILTER (WHERE abnormal_closes > 0)")}
    parts = [
        selection.select(level, [f"{count} AS c", f"{abnormal} AS a"])
        for level in selection.levels
        for count, abnormal in [aggregates.get(level, ("sum(started)", "sum(abnormal)"))]
    ]
    if selection.pieces.minutes:
        parts.append(_of_minutes(selection))
    names = "".join(f", {label}" for label in selection.labels)
    statements = [
        f"SELECT {selection.step_number}{names}, c, a FROM ({' UNION ALL '.join(parts)}) AS parts"
    ]
    values = selection.values
    if carried_over:
        statements.append(_carried_over(selection))
        pieces = (getattr(selection.pieces, level) for level in (RAW, *LEVELS))
        values["start"] = min(start for part in pieces for start, _ in part)
    return connection.execute(text(" UNION ALL ".join(statements)), values).all()


def latest_rows(connection: Connection, selection: Selection) -> tuple[Rows, datetime | None]:
    """Sessions by the step of their last report, and of their last abnormal close: they add up over
    any number of the last steps, and over no others. The rows are those of `started`, of the `most`
    largest groups; beside them the newest `period_end`."""
    step, where = selection.step("ended"), selection.where(RAW)
    listed = "".join(
        f"{group} AS {alias}, "
        for group, alias in zip(selection.row_groups, selection.labels, strict=True)
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
        f"cells AS MATERIALIZED (SELECT {step} AS i{names}, "
        "max(latest) AS latest, sum(session) AS observed, sum(bad) AS abnormal FROM active, "
        "LATERAL (VALUES (latest, 1, 0), (broken, 0, 1)) AS ends (ended, session, bad) "
        f"WHERE ended IS NOT NULL GROUP BY 1{names}) "
        f"SELECT {selection.step_number}{names}, observed, abnormal, latest FROM cells{top}"
    )
    rows = connection.execute(text(statement), selection.values).all()
    return [row[:-1] for row in rows], max((row[-1] for row in rows), default=None)


def active(connection: Connection, selection: Selection) -> Rows:
    """Rows of step number, the value of each group, and the sessions whose last report so far is of
    that step: a few rows each where `latest_rows` reads all reports. Of a session that changed a
    dimension the last value counts."""
    step, where = selection.step("least(last_seen, :last)"), "last_seen >= :start"
    groups = "".join(f", {group}" for group in selection.row_groups)
    named = zip(selection.row_groups, selection.labels, strict=True)
    listed = "".join(f", {group} AS {label}" for group, label in named)
    labels = "".join(f", {label}" for label in selection.labels)
    counted = (
        f"SELECT {step} AS i{listed}, count(*) AS c FROM sessions "
        f"WHERE {' AND '.join([where, *selection.accepted])} GROUP BY 1{groups}"
    )
    statement = f"SELECT {selection.step_number}{labels}, c FROM ({counted}) AS counted"
    grid = selection.grid
    ends = {"start": grid.start, "last": grid.end - timedelta(microseconds=1)}
    return connection.execute(text(statement), selection.values | ends).all()


def _of_minutes(selection: Selection) -> str:
    """Hours are split by the minute in totals alone, so groups can only be apps."""
    where, _ = condition(selection.pieces.minutes, "t", prefix="minutes")
    groups = zip(selection.cell_groups, selection.labels, strict=True)
    listed = "".join(f", {group} AS {label}" for group, label in groups)
    step = selection.step("minute_start")
    return (
        f"SELECT {step} AS i, 1.0{listed}, sum(c) AS c, sum(a) AS a FROM (SELECT *, "
        "t + interval '1 minute' * (minute - 1) AS minute_start "
        "FROM session_hours, unnest(started_by_minute, abnormal_by_minute) "
        "WITH ORDINALITY AS m (c, a, minute) "
        f"WHERE {where} AND {' AND '.join(selection.of_cells()[0])} AND c > 0) AS by_minute "
        f"GROUP BY {', '.join(map(str, [1, *range(3, len(selection.labels) + 3)]))}"
    )


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
