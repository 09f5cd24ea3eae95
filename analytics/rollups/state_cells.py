"""Makes the cells of session states: those of minutes up to now, those of complete hours.

A late report changes the states of the ten minutes after it, so these are made again with its own
minute. Minutes pass also when nobody reports: that is when sessions fall silent.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from analytics.query.read_plan import HOUR, MINUTE, STATES_ALTERED_FOR, floor_to
from models.database.engine import Connection
from models.metrics.intervals import Interval, merged
from models.rollups import dirty_minutes, rollup_state, rollup_store, session_states
from models.rollups.client_rollups import KEY
from models.rollups.session_states import FIGURES, session_state_hours
from models.rollups.session_states import session_state_minutes as state_minutes
from models.rollups.tracked_values import TrackedValues

from .client_cells import CellKeys, Key

SOURCE = dirty_minutes.REPORTS


def remake_minutes(
    connection: Connection, changed: Iterable[datetime], tracked: TrackedValues
) -> None:
    """Make the minutes again that reports of the `changed` ones may have altered."""
    until = rollup_state.states_until(connection, SOURCE)
    if until is None:
        return
    for start, end in merged((minute, minute + STATES_ALTERED_FOR) for minute in changed):
        _store_minutes(connection, (start, min(end, until)), tracked)


def advance(connection: Connection, now: datetime, tracked: TrackedValues) -> None:
    """Make the minutes that ended since the last time, at first those of the open hours."""
    end = floor_to(now, MINUTE)
    start = rollup_state.states_until(connection, SOURCE)
    if start is None:
        start = rollup_state.complete_until(connection, SOURCE) or end
    _store_minutes(connection, (start, end), tracked)
    if start < end:
        rollup_state.advance_states_until(connection, SOURCE, end)


def remake_hour(connection: Connection, hour: datetime, tracked: TrackedValues) -> None:
    """Make a complete hour, its minutes, and what its reports alter in the hour after it."""
    end = hour + HOUR
    until = max(rollup_state.states_until(connection, SOURCE) or end, end)
    complete_until = rollup_state.complete_until(connection, SOURCE)
    rollup_state.advance_states_until(connection, SOURCE, until)
    _store_minutes(connection, (hour, min(end + STATES_ALTERED_FOR, until)), tracked)
    for start in (hour, end):
        if complete_until is not None and start + HOUR <= complete_until:
            cells = _cells(
                session_states.counted(connection, "hour", (start, start + HOUR)), tracked
            )
            rollup_store.clear(connection, session_state_hours, start, start + HOUR)
            rollup_store.upsert(connection, session_state_hours, cells)


def _store_minutes(connection: Connection, interval: Interval, tracked: TrackedValues) -> None:
    """The minutes by dimension are stored for the last hours only, as those of reports."""
    start, end = interval
    if start >= end:
        return
    cells = _cells(session_states.counted(connection, "minute", interval), tracked)
    by_dimension_from = rollup_state.by_dimension_from(connection, SOURCE)
    complete_until = rollup_state.complete_until(connection, SOURCE)
    since = by_dimension_from or complete_until
    rollup_store.clear(connection, state_minutes, start, end)
    rollup_store.upsert(
        connection, state_minutes,
        [cell for cell in cells if not cell["dimension"] or since is None or cell["t"] >= since],
    )  # fmt: skip


def _cells(groups: Iterable[Mapping[str, Any]], tracked: TrackedValues) -> list[dict[str, Any]]:
    """The rows to store; values that are not tracked count under `other`."""
    keys = CellKeys(tracked)
    cells: dict[Key, list[int]] = {}
    for row in groups:
        figures = cells.setdefault(keys.key_of(row), [0] * len(FIGURES))
        cells[keys.key_of(row)] = [
            total + row[name] for total, name in zip(figures, FIGURES, strict=True)
        ]
    return [
        dict(zip((*KEY, *FIGURES), (*key, *figures), strict=True)) for key, figures in cells.items()
    ]
