"""Sums of people's raw reports by two dimensions: the input of pair cells.

A side has its most frequent values of the day, by app; the others are `other`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from models.database.intervals import condition
from models.metrics.dimensions import OTHER, PAIR_SIDES, SEPARATOR, UNKNOWN
from models.metrics.intervals import Interval
from models.raw.sessions import IS_PERSON

from .report_aggregates import Rows, custom_keys, sums

MOST_VALUES = 20
# Apps beyond their limit are null: `other`, as a name, may be an app's own.
_APP = "CASE WHEN app = ANY(:apps) THEN app END"
_sides = ", ".join(f"coalesce({name}, '{UNKNOWN}') AS {name}" for name in PAIR_SIDES)
_side = " ".join(f"WHEN grouping({name}) = 0 THEN '{name}'" for name in PAIR_SIDES)
TOP = text(
    "SELECT side, app, value FROM ("
    "SELECT side, app, value, row_number() OVER ("
    'PARTITION BY side, app ORDER BY reports DESC, value COLLATE "C") AS nth FROM ('
    f"SELECT app, CASE {_side} END AS side, coalesce({', '.join(PAIR_SIDES)}) AS value, "
    "count(*) AS reports "
    f"FROM (SELECT coalesce({_APP}, '{OTHER}') AS app, {_sides} FROM client_reports "
    f"WHERE period_end >= :start AND period_end < :end AND {IS_PERSON}) AS reports "
    f"GROUP BY app, GROUPING SETS ({', '.join(f'({name})' for name in PAIR_SIDES)})"
    ") AS counted) AS ranked WHERE nth <= :most ORDER BY 1, 2, nth"
)
TOTAL = text(
    "SELECT CAST(coalesce(sum(reports), 0) AS bigint) FROM client_days "
    "WHERE dimension = '' AND value = '' AND t = :day"
)


@dataclass(frozen=True, slots=True)
class TopValues:
    """What has cells of its own: `apps`, and by side texts of app, `SEPARATOR` and value."""

    apps: Sequence[str]
    by_side: dict[str, list[str]]


def top_values(
    connection: Connection, apps: Collection[str], start: datetime, end: datetime
) -> TopValues:
    """The `MOST_VALUES` values of each side with the most reports in [start, end), by app.

    Ties go to the value that sorts first by code points. Apps not in `apps` count as `other`.
    """
    top = TopValues(sorted(apps), {name: [] for name in PAIR_SIDES})
    values = {"apps": top.apps, "start": start, "end": end, "most": MOST_VALUES}
    for side, app, value in connection.execute(TOP, values):
        top.by_side[side].append(f"{app}{SEPARATOR}{value}")
    return top


def by_pair(
    connection: Connection,
    pair: tuple[str, str],
    interval: Interval,
    top: TopValues,
    custom: Sequence[str],
) -> Rows:
    """`report_aggregates.sums` per `app`, `first` and `second` value, and `sample_rate`.

    Apps without cells of their own are one: `None`.
    """
    where, values = condition([interval])
    first, second = (_limited(name) for name in pair)
    statement = (
        f"SELECT cell_app AS app, {first} AS first, {second} AS second, sample_rate, "
        f"{sums(custom)} FROM (SELECT *, {_APP} AS cell_app FROM client_reports "
        f"WHERE {where} AND {IS_PERSON}) AS reports GROUP BY 1, 2, 3, sample_rate"
    )
    values |= {"apps": top.apps} | {f"top_{name}": top.by_side[name] for name in pair}
    cursor = connection.execute(text(statement), values | custom_keys(custom))
    return [dict(row) for row in cursor.mappings()]


def total_reports(connection: Connection, day: datetime) -> int:
    """The reports that the total cells of a day count."""
    return int(connection.execute(TOTAL, {"day": day}).scalar_one())


def _limited(name: str) -> str:
    value = f"coalesce({name}, '{UNKNOWN}')"
    return (
        f"CASE WHEN coalesce(cell_app, '{OTHER}') || '{SEPARATOR}' || {value} "
        f"= ANY(:top_{name}) THEN {value} ELSE '{OTHER}' END"
    )
