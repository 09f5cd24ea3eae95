"""Apps and values of dimensions that count as `other` now, since all places are taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, PrimaryKeyConstraint, Table, Text, text

from models.database.base import Base
from models.database.engine import Connection, Database
from models.metrics.dimensions import SPLIT_BY, UNKNOWN
from models.raw.sessions import IS_PERSON
from models.rollups.tracked_values import VALID_AT

MOST_LISTED = 200
USED_FOR = timedelta(days=1)
APP = "app"

# `since` is the first session that was counted while the value was listed without a break.
other_values = Table(
    "other_values",
    Base.metadata,
    *(Column(name, Text(), nullable=False) for name in ("app", "dimension", "value")),
    Column("sessions", BigInteger(), nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("counted_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("app", "dimension", "value"),
)

_IS_TRACKED = (
    "EXISTS (SELECT 1 FROM dimension_values AS v WHERE v.app = {0}.app{1} "
    f"AND {VALID_AT.replace('{0}', ':at')})"
)
_OF_VALUE = f" AND v.dimension = '{{0}}' AND v.value = coalesce(s.{{0}}, '{UNKNOWN}')"
_OF_ROW = " AND (o.dimension = :app OR v.dimension = o.dimension AND v.value = o.value)"
_USED = f"last_seen >= :since AND first_seen < :at AND {IS_PERSON}"
FORGET = text("DELETE FROM other_values WHERE counted_at < :at")
# Apps are listed under the dimension `app`. What got its place meanwhile is left out.
READ = text(
    "SELECT app, dimension, value, sessions, since FROM other_values AS o WHERE "
    f"NOT {_IS_TRACKED.format('o', _OF_ROW)} "
    "ORDER BY sessions DESC, app, dimension, value"
)


@dataclass(frozen=True, slots=True)
class OtherValue:
    """A value that counts as `other`, its `sessions` of 24 hours, and since when; of the dimension
    `app` an app, as its own value."""

    app: str
    dimension: str
    value: str
    sessions: int
    since: datetime


def remake(connection: Connection, full: Mapping[str, Sequence[str]], at: datetime) -> None:
    """List what counts as `other` at an instant, of the `MOST_LISTED` with most sessions in the
    24 hours before; `full` are the apps in which a dimension has no free place, of `app` any.
    Raises `ValueError` for another dimension."""
    if not {*full} <= {*SPLIT_BY, APP}:
        raise ValueError(f"sessions have only {', '.join((*SPLIT_BY, APP))}")
    parts = [_counted(name) for name in full]
    values: dict[str, Any] = {"at": at, "since": at - USED_FOR, "most": MOST_LISTED}
    values |= {f"apps_{name}": list(apps) for name, apps in full.items()}
    if parts:
        connection.execute(
            text(
                "INSERT INTO other_values (app, dimension, value, sessions, since, counted_at) "
                "SELECT app, dimension, value, sessions, since, :at "
                f"FROM ({' UNION ALL '.join(parts)}) AS counted "
                "ORDER BY sessions DESC, 1, 2, 3 LIMIT :most "
                "ON CONFLICT (app, dimension, value) DO UPDATE SET sessions = excluded.sessions, "
                "since = least(other_values.since, excluded.since), "
                "counted_at = excluded.counted_at"
            ),
            values,
        )
    connection.execute(FORGET, {"at": at})


def listed(database: Database, at: datetime) -> list[OtherValue]:
    """Those listed last, those with most sessions first. Raises `DatabaseAway`."""
    with database.transaction() as connection:
        return [OtherValue(*row) for row in connection.execute(READ, {"at": at, "app": APP})]


def _counted(name: str) -> str:
    """A SELECT of the values of a dimension without a place."""
    if name == APP:
        value, is_tracked, of_apps = "s.app", _IS_TRACKED.format("s", ""), ""
    else:
        value = f"coalesce(s.{name}, '{UNKNOWN}')"
        is_tracked = _IS_TRACKED.format("s", _OF_VALUE.format(name))
        of_apps = f" AND s.app = ANY(:apps_{name})"
    return (
        f"SELECT app, '{name}' AS dimension, {value} AS value, count(*) AS sessions, "
        f"greatest(min(first_seen), CAST(:since AS timestamptz)) AS since FROM sessions AS s "
        f"WHERE {_USED}{of_apps} AND NOT {is_tracked} GROUP BY 1, 3"
    )
