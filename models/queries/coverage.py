"""What is rolled up of a source, in one statement."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from models.metrics.dimensions import CELL_DIMENSIONS, OTHER
from models.rollups.tracked_values import VALID_AT

# An hour with dirty minutes has changed since its sessions were counted by the minute.
_COUNTED_HOURS = """
ARRAY(SELECT h FROM generate_series(
    date_trunc('hour', CAST(:hours_from AS timestamptz) + interval '3599.999999 seconds', 'UTC'),
    date_trunc('hour', least(:end, s.complete_until), 'UTC') - interval '1 hour', '1 hour') AS h
  WHERE NOT EXISTS (SELECT 1 FROM session_hours
                    WHERE t = h AND dimension = '' AND value = '' AND started_by_minute IS NULL)
    AND NOT EXISTS (SELECT 1 FROM dirty_minutes WHERE source = ANY(:sources)
                    AND minute >= h AND minute < h + interval '1 hour') ORDER BY 1)
"""
_NO_HOURS = "CAST('{}' AS timestamptz[])"
_FIRST = {
    "client": "(SELECT min(t) FROM client_{0} WHERE dimension = '' AND value = '')",
    "server": "(SELECT min(t) FROM server_{0})",
}
# Cells of `other` that may count rows of a filtered value: it had no cells of its own then.
_RANGE = "c.t > CAST(:start AS timestamptz) - interval '1 hour' AND c.t < :end"
_HIDDEN_VALUE = (
    "SELECT 1 FROM {table} AS c, unnest(CAST(:hidden_{name} AS text[])) AS sought (value) "
    f"WHERE c.dimension = '{{name}}' AND c.value = '{OTHER}' AND {_RANGE}{{of_apps}} "
    "AND NOT EXISTS (SELECT 1 FROM dimension_values AS v WHERE v.app = c.app "
    f"AND v.dimension = '{{name}}' AND v.value = sought.value AND {VALID_AT.format('c.t')})"
)
_HIDDEN_APP = (
    "SELECT 1 FROM {table} AS c, unnest(CAST(:hidden_app AS text[])) AS sought (app) "
    f"WHERE c.dimension = '' AND c.value = '' AND c.app = '{OTHER}' AND {_RANGE} "
    "AND NOT EXISTS (SELECT 1 FROM dimension_values AS v WHERE v.app = sought.app "
    f"AND {VALID_AT.format('c.t')})"
)
_HIDING = (("client_hours", "true"), ("client_minutes", "c.t >= s.complete_until"))
Filters = Mapping[str, Sequence[str]]
# Marks are of reports and of sessions whose counts changed, or of samples.
SOURCES = {"client": ("reports", "sessions"), "server": ("samples",)}


def coverage(
    connection: Connection,
    source: str,
    start: datetime,
    end: datetime,
    hours_from: datetime | None,
    *,
    filters: Filters,
) -> Mapping[str, Any]:
    """The coverage of [start, end) for `client` or `server`, by the names of
    `analytics.query.read_plan.Coverage`; `counted_hours` from `hours_from` on."""
    hidden, bound = _hidden(filters) if source == "client" else ("false", {})
    marks = SOURCES[source]
    first_minute, first_hour = (_FIRST[source].format(level) for level in ("minutes", "hours"))
    late = (
        "SELECT minute, min(at) AS at FROM dirty_minutes WHERE source = ANY(:sources) "
        "AND minute >= :start AND minute < least(:end, s.complete_until) GROUP BY 1 ORDER BY 1"
    )
    statement = text(
        "SELECT now() AS at, s.complete_until, s.by_dimension_from, s.cube_until, s.pairs_from, "
        "s.pairs_until, coalesce(s.pairs_stale, '{}') AS pairs_stale, s.states_until, "
        f"{first_minute} AS first_minute, {first_hour} AS first_hour, "
        "ARRAY(SELECT DISTINCT minute FROM dirty_minutes WHERE source = :source "
        "AND minute >= s.complete_until AND minute < :end ORDER BY 1) AS dirty_minutes, "
        f"ARRAY(SELECT minute FROM ({late}) AS late) AS late_minutes, "
        f"ARRAY(SELECT at FROM ({late}) AS late) AS late_since, "
        f"{_NO_HOURS if hours_from is None else _COUNTED_HOURS} AS counted_hours, "
        f"{hidden} AS has_hidden "
        "FROM (SELECT 1) AS always LEFT JOIN rollup_state s ON s.source = :source"
    )
    values: dict[str, Any] = {
        "source": marks[0], "sources": list(marks), "start": start, "end": end,
        "hours_from": hours_from, **bound,
    }  # fmt: skip
    return dict(connection.execute(statement, values).mappings().one())


def _hidden(filters: Filters) -> tuple[str, dict[str, Any]]:
    """SQL: whether cells of the range count a filtered value as `other`, and its bound values."""
    parts, bound = [], dict[str, Any]()
    of_apps = ""
    for name, values in filters.items():
        names = [value for value in values if value != OTHER]
        if name == "app":
            of_apps = " AND c.app = ANY(:of_apps)"
            bound |= {"of_apps": list(values), "hidden_app": names}
            parts.append(_HIDDEN_APP)
        elif name in CELL_DIMENSIONS:
            bound |= {f"hidden_{name}": names}
            parts.append(_HIDDEN_VALUE.replace("{name}", name))
    exists = [
        f"EXISTS ({part.format(table=table, of_apps=of_apps)} AND {of_table})"
        for part in parts
        for table, of_table in _HIDING
    ]
    return f"({' OR '.join(exists) or 'false'})", bound
