"""Makes the day cells of session moments from raw rows: rebuilt, they are the same.

Rows are read in portions of whole sessions, whose moments add up, so memory holds one portion.
"""

from datetime import datetime
from typing import Any

import numpy as np

from analytics.query.read_plan import DAY
from analytics.stats.session_moments import SESSIONS, Floats, moments_of, packed
from analytics.stats.session_sums import Rows, numbered, sums_of
from models.database.engine import Connection
from models.metrics.dimensions import OTHER, PAIRS, SEPARATOR, SPLIT_BY, pair_dimension, pair_value
from models.metrics.intervals import Interval
from models.rollups.client_rollups import KEY
from models.rollups.moments import session_moments
from models.rollups.moments.session_moments import DIMENSIONS
from models.rollups.pair_aggregates import TopValues
from models.rollups.tracked_values import TrackedValues

CellKey = tuple[str, str, str]  # dimension, value, app
RATE = 2 + len(DIMENSIONS)  # its column: after the session, the app and the values


def rows_of_day(
    connection: Connection, day: datetime, tracked: TrackedValues, top: TopValues, portions: int
) -> list[dict[str, Any]]:
    """The rows of `client_moment_days` of a full day."""
    cells = DayCells(tracked, top, day)
    span: Interval = (day, day + DAY)
    moments: dict[CellKey, Floats] = {}
    for portion in range(portions):
        rows = session_moments.by_session(connection, span, portion, portions)
        for key, more in cells.moments_of(rows).items():
            moments[key] = moments[key] + more if key in moments else more
    return [
        dict(zip(KEY, (dimension, value, day, app), strict=True))
        | {"sessions": round(float(each[SESSIONS])), "moments": packed(each)}
        for (dimension, value, app), each in moments.items()
    ]


class DayCells:
    """Which cells the rows of a day belong to: values and apps without cells are `other`."""

    def __init__(self, tracked: TrackedValues, top: TopValues, day: datetime) -> None:
        self._tracked, self._day = tracked, day
        self._top = {side: frozenset(names) for side, names in top.by_side.items()}
        self._apps = frozenset(top.apps)

    def moments_of(self, rows: Rows) -> dict[CellKey, Floats]:
        """The moments of each cell, from rows of `session_moments.by_session` of whole sessions."""
        if not rows:
            return {}
        sessions, sums = numbered([row[0] for row in rows]), sums_of(rows, RATE)
        # Of these rows alone: anyone can invent values, and over a day they have no end.
        by_values = {each: self._keys_of(each) for each in {tuple(row[1:RATE]) for row in rows}}
        keys = [by_values[tuple(row[1:RATE])] for row in rows]
        moments: dict[CellKey, Floats] = {}
        for dimension in zip(*keys, strict=True):
            names = list(dict.fromkeys(dimension))
            numbers = {name: number for number, name in enumerate(names)}
            index = np.array([numbers[name] for name in dimension], dtype=np.int64)
            added = moments_of(sessions, index, sums, len(names))
            moments |= dict(zip(names, added, strict=True))
        return moments

    def _keys_of(self, values: tuple[str, ...]) -> tuple[CellKey, ...]:
        """The cells of a row of app and `DIMENSIONS`: total, by value, by pair."""
        app, named = values[0], dict(zip(DIMENSIONS, values[1:], strict=True))
        cell_app = app if app in self._apps else OTHER
        keys = [("", "", cell_app)]
        for name in SPLIT_BY:
            is_tracked = self._tracked.has((app, name, named[name]), self._day)
            keys.append((name, named[name] if is_tracked else OTHER, cell_app))
        for pair in PAIRS:
            sides = (self._limited(side, cell_app, named[side]) for side in pair)
            keys.append((pair_dimension(pair), pair_value(*sides), cell_app))
        return tuple(keys)

    def _limited(self, side: str, app: str, value: str) -> str:
        return value if f"{app}{SEPARATOR}{value}" in self._top[side] else OTHER
