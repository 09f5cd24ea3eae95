"""Makes the cells of sessions: those that started, and their states, of minutes up to now and of
complete hours.

A late report changes the states of the ten minutes after it, so these are made again with its own
minute. Minutes pass also when nobody reports: that is when sessions fall silent.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from analytics.query.read_plan import HOUR, MINUTE, STATES_ALTERED_FOR, floor_to
from models.database.engine import Connection
from models.metrics.intervals import Interval, merged
from models.rollups import dirty_minutes, rollup_state, rollup_store, session_states
from models.rollups.client_rollups import BY_MINUTE, KEY
from models.rollups.session_states import FIGURES, session_state_hours
from models.rollups.session_states import session_state_minutes as state_minutes
from models.rollups.tracked_values import TrackedValues

from .client_cells import TOTAL_CELL, CellKeys, Key, Row

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


def advance(connection: Connection, now: datetime, tracked: TrackedValues, most: timedelta) -> bool:
    """Make the minutes that ended since the last time, at first those of the open hours, but not
    more than `most`; whether some are left."""
    now = floor_to(now, MINUTE)
    start = rollup_state.states_until(connection, SOURCE)
    if start is None:
        start = rollup_state.complete_until(connection, SOURCE) or now
    end = min(now, start + most)
    _store_minutes(connection, (start, end), tracked)
    if start < end:
        rollup_state.advance_states_until(connection, SOURCE, end)
    return end < now


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


def session_start_rows(
    groups: Iterable[Mapping[str, Any]],
    minutes: Iterable[Mapping[str, Any]],
    tracked: TrackedValues,
) -> list[Row]:
    """Sessions started, by cell, from the rows of `session_starts.starts` and `.minutes`."""
    keys = CellKeys(tracked)
    by_minute: dict[Key, tuple[list[int], list[int]]] = {}
    for row in minutes:
        started_at, abnormal_at = by_minute.setdefault(
            keys.key_of({**TOTAL_CELL, **row}), _zero_minutes()
        )
        started_at[row["minute"]] += row["started"]
        abnormal_at[row["minute"]] += row["abnormal"]
    started: Counter[Key] = Counter()
    abnormal: Counter[Key] = Counter()
    for row in groups:
        started[keys.key_of(row)] += row["started"]
        abnormal[keys.key_of(row)] += row["abnormal"]
    return [
        dict(zip(KEY, key, strict=True))
        | {"started": number, "abnormal": abnormal[key]}
        | dict(zip(BY_MINUTE, by_minute.get(key, (None, None)), strict=True))
        for key, number in started.items()
    ]


def _zero_minutes() -> tuple[list[int], list[int]]:
    return [0] * 60, [0] * 60
