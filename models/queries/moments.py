"""Reads session moments: those of days, concatenated, and the sums of sessions from raw rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from models.rollups.moments.session_moments import SUMS

from .selection import RAW, Selection

Rows = Sequence[Sequence[Any]]
DAYS = text(
    "SELECT DISTINCT t FROM client_moment_days "
    "WHERE dimension = '' AND value = '' AND t >= :start AND t < :end ORDER BY 1"
)


def days_with_moments(connection: Connection, start: datetime, end: datetime) -> list[datetime]:
    """The days of [start, end) with moments."""
    return list(connection.execute(DAYS, {"start": start, "end": end}).scalars())


def of_days(connection: Connection, selection: Selection) -> Rows:
    """The value of each group, and concatenated moments, over the days of `selection.pieces`."""
    groups = zip(selection.cell_groups, selection.labels, strict=True)
    listed = "".join(f"{group} AS {label}, " for group, label in groups)
    names = ", ".join(selection.labels)
    statement = (
        f"SELECT {listed}string_agg(moments, ''::bytea) AS moments "
        f"FROM {selection.family.cells['days']} WHERE {selection.where('days')}"
        f"{f' GROUP BY {names}' if names else ''}"
    )
    return connection.execute(text(statement), selection.values).all()


def of_rows(connection: Connection, selection: Selection, portion: float = 1.0) -> Rows:
    """From raw rows: the session, the value of each group, the sample rate, and `SUMS`. A `portion`
    below 1 are the first of the sessions by their ids, which are drawn at random."""
    sampled, values = "", dict(selection.values)
    if portion < 1:
        sampled = " AND session_id < :sessions_below"
        values["sessions_below"] = first_id_beyond(portion)
    groups = "".join(f"{group}, " for group in selection.row_groups)
    numbers = ", ".join(map(str, range(1, len(selection.group_by) + 3)))
    statement = (
        f"SELECT session_id, {groups}sample_rate, {SUMS} FROM {selection.family.raw} "
        f"WHERE {selection.where(RAW)}{sampled} GROUP BY {numbers} ORDER BY {numbers}"
    )
    return connection.execute(text(statement), values).all()


def first_id_beyond(portion: float) -> UUID:
    """The id that so many of all ids are below, as a share of less than 1."""
    return UUID(int=int(portion * 2**64) << 64)
