"""The daily cube: counts by all dimensions at once, from the raw reports of people in a day."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from models.metrics.client_columns import COUNTS, JUDGED_EXTRA, LATER_TRIALS, TRIALS
from models.metrics.dimensions import SPLIT_BY
from models.raw.sessions import IS_PERSON

from .report_aggregates import IS_JUDGED, TRIES, UNCONNECTED_MS, WATCHED_MS, WEIGHT
from .tracked_values import VALID_AT

# Values beyond the limit of a dimension count as `other`, as in all rollups.
_value = (
    "CASE WHEN EXISTS (SELECT 1 FROM dimension_values v WHERE v.app = r.app "
    "AND v.dimension = '{0}' AND v.value = coalesce(r.{0}, 'unknown') "
    f"AND {VALID_AT.replace('{0}', 'r.period_end')}) "
    "THEN coalesce(r.{0}, 'unknown') ELSE 'other' END AS {0}"
)
_dimensions = ", ".join(SPLIT_BY)
_values = ", ".join(_value.format(name) for name in SPLIT_BY)
_trial_names = (*TRIALS, *LATER_TRIALS)
_counts = ", ".join((*COUNTS, *JUDGED_EXTRA, *(f"{name}_n" for name in _trial_names)))
_sums = ", ".join(f"sum({name} * weight) AS {name}" for name in COUNTS)
_sums += f", sum(weight) FILTER (WHERE {IS_JUDGED}) AS judged_reports"
_sums += f", sum(watched_ms * weight) FILTER (WHERE {IS_JUDGED}) AS judged_ms"
_sums += f", sum(({UNCONNECTED_MS}) * weight) AS without_connection_ms"
_trials = ", ".join(f"sum({name}) AS {name}_n" for name in TRIALS)
_trials += f", sum({TRIES}) AS tries_n, nullif(count(lost), 0) AS judged_reports_n"
MAKE = text(
    f"INSERT INTO client_cube_days (t, app, {_dimensions}, reports, latest, {_counts}) "
    f"SELECT CAST(:start AS timestamptz), app, {_dimensions}, count(*), max(period_end), "
    f"{_sums}, {_trials} FROM ("
    "SELECT CASE WHEN EXISTS (SELECT 1 FROM dimension_values v WHERE v.app = r.app "
    f"AND {VALID_AT.format('r.period_end')}) "
    f"THEN app ELSE 'other' END AS app, {_values}, period_end, {', '.join(COUNTS)}, "
    f"{WEIGHT} AS weight, {WATCHED_MS} AS watched_ms "
    "FROM client_reports r WHERE period_end >= :start AND period_end < :end "
    f"AND {IS_PERSON}) AS reports "
    f"GROUP BY app, {_dimensions}"
)


def remake(connection: Connection, start: datetime, end: datetime) -> None:
    """Recompute the cube of the day [start, end)."""
    values: dict[str, Any] = {"start": start, "end": end}
    connection.execute(text("DELETE FROM client_cube_days WHERE t = :start"), values)
    connection.execute(MAKE, values)
