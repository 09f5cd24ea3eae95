"""The session moments of a query: from raw rows while these are few, else from cells of days.

From rows the unit is the session in the range, from cells the session in a day. Cells are of the
complete days that the range touches, or where it touches none, of the week before: what a session's
events have in common is then taken from these days, and the figure from the range. Where there are
no such cells it is taken from a part of the sessions in the range.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from analytics.query import not_counted
from analytics.query.arrays import LabelKey, Labels, key_of
from analytics.query.not_counted import NotCounted
from analytics.query.plan import Plan
from analytics.query.read_plan import DAY, ceil_to, floor_to
from analytics.stats.session_moments import SIZE, Floats, moments_of, unpacked
from analytics.stats.session_sums import numbered, sums_of
from models.database.engine import Connection
from models.metrics.intervals import ReadPlan, merged
from models.queries import moments
from models.queries.selection import MOMENTS, PAIR_MOMENTS, Family, Selection

MOST_ROWS = 10_000  # raw reports that are read session by session: at most 40 ms
LEARNED_FROM = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class SessionMoments:
    """`values` (label sets, SIZE), all 0 where there is nothing; `reason`: why none are known.
    `of_rows`: each session of the range counts once; `is_of_range`: they are of sessions within
    the range alone, so they tell how many there are."""

    values: Floats
    of_rows: bool = False
    is_of_range: bool = True
    reason: NotCounted | None = None


def read(
    connection: Connection, plan: Plan, selection: Selection, labels: Sequence[Labels], reports: int
) -> SessionMoments:
    """Of these label sets; `selection` has the filters and groups of the query, `reports` are all
    raw reports of the range, whatever the filters."""
    index = {key_of(each): number for number, each in enumerate(labels)}
    of_range = replace(selection, pieces=plan.of_rows)
    if plan.has_rows and reports <= MOST_ROWS:
        rows = moments.of_rows(connection, of_range)
        return SessionMoments(_of_rows(rows, selection, index), of_rows=True)
    of_days = _read_days(connection, plan, selection, labels)
    if of_days.reason is None or not plan.has_rows:
        return of_days
    sample = moments.of_rows(connection, of_range, MOST_ROWS / reports)
    values = _of_rows(sample, selection, index)
    return SessionMoments(values, is_of_range=False) if values.any() else of_days


def _read_days(
    connection: Connection, plan: Plan, selection: Selection, labels: Sequence[Labels]
) -> SessionMoments:
    index = {key_of(each): number for number, each in enumerate(labels)}
    family = _family(plan)
    if family is None:
        return _nothing(labels, not_counted.INTERVALS_BY_SEVERAL)
    days = _days(connection, plan)
    if not days:
        return _nothing(labels, not_counted.BEFORE_MOMENTS)
    pieces = ReadPlan(days=merged((day, day + DAY) for day in days))
    cells = moments.of_days(connection, replace(selection, family=family, pieces=pieces))
    if not cells:
        return _nothing(labels, not_counted.WITHOUT_FULL_DAY)
    is_of_range = plan.window.start <= days[0] and days[-1] + DAY <= plan.window.end
    return SessionMoments(_of_cells(cells, selection, index), is_of_range=is_of_range)


def _nothing(labels: Sequence[Labels], reason: NotCounted) -> SessionMoments:
    return SessionMoments(np.zeros((len(labels), SIZE)), is_of_range=False, reason=reason)


def _family(plan: Plan) -> Family | None:
    """The cells that its dimensions have."""
    if plan.query.is_automated or plan.resolution.cells == "cube":
        return None
    if len(plan.query.dimensions) < 2:
        return MOMENTS
    return PAIR_MOMENTS if plan.is_pair else None


def _days(connection: Connection, plan: Plan) -> list[datetime]:
    """Those of the range, else of the week before; none where more than half of the complete days
    of the range have no moments."""
    start, end = floor_to(plan.window.start, DAY), plan.window.end
    days = moments.days_with_moments(connection, start - LEARNED_FROM, end)
    touched = [day for day in days if day >= start]
    until = min(floor_to(end, DAY), floor_to(plan.coverage.complete_until or start, DAY))
    complete = (until - ceil_to(plan.window.start, DAY)) // DAY
    return (touched or days) if 2 * len(touched) >= complete else []


def _of_rows(rows: moments.Rows, selection: Selection, index: dict[LabelKey, int]) -> Floats:
    groups = len(selection.group_by)
    keys = [key_of(dict(zip(selection.group_by, row[1 : groups + 1], strict=True))) for row in rows]
    present = [number for number, key in enumerate(keys) if key in index]
    if not present:
        return np.zeros((len(index), SIZE))
    present_rows = [rows[number] for number in present]
    cells = np.array([index[keys[number]] for number in present], dtype=np.int64)
    sessions = numbered([row[0] for row in present_rows])
    return moments_of(sessions, cells, sums_of(present_rows, groups + 1), len(index))


def _of_cells(cells: moments.Rows, selection: Selection, index: dict[LabelKey, int]) -> Floats:
    rows, blobs = [], []
    for *values, blob in cells:
        key = key_of(dict(zip(selection.group_by, values, strict=True)))
        if key in index and blob is not None:
            rows.append(index[key])
            blobs.append(blob)
    return unpacked(blobs, np.array(rows, dtype=np.int64), len(index))
