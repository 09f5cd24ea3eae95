"""Day cells of session moments (`analytics.stats.session_moments`), and the sums they are made of.

A cell is of one value of a dimension, or of a pair of dimensions, as in `client_days` and
`client_pair_days`. Days from before this table have none.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)

from models.database.base import Base
from models.metrics.dimensions import PAIR_SIDES, SPLIT_BY, UNKNOWN
from models.metrics.intervals import Interval
from models.raw.sessions import IS_PERSON
from models.rollups.client_rollups import KEY
from models.rollups.pair_state import SMALLEST_PAIR
from models.rollups.report_aggregates import IS_JUDGED, TRIES, UNCONNECTED_MS, WATCHED_MS

DIMENSIONS = tuple(dict.fromkeys((*SPLIT_BY, *PAIR_SIDES)))
VISIBLE_MS = "open_ms + downtime_ms - coalesce(downtime_hidden_ms, 0)"
# Of a session: what is bad, and what it is counted per, in the order of the moments.
BAD = ("failed", "drops", "errors", UNCONNECTED_MS, "latency_sum_us")
EXPOSURE = (TRIES, VISIBLE_MS, "sent + received")
_bad = [f"CAST(coalesce(sum({each}), 0) AS double precision)" for each in BAD]
_exposure = [f"CAST(coalesce(sum({each}), 0) AS double precision)" for each in EXPOSURE]
_judged = f"CAST(coalesce(sum({WATCHED_MS}) FILTER (WHERE {IS_JUDGED}), 0) AS double precision)"
SUMS = ", ".join(
    [*_bad, *_exposure, _judged, "sum(abnormal_closes) > 0", "string_agg(latency, ''::bytea)"]
)
WITHOUT = text(
    "SELECT t FROM client_pair_days WHERE dimension = :pair AND t >= :start AND t < :end "
    "EXCEPT SELECT t FROM client_moment_days WHERE dimension = '' AND t >= :start AND t < :end "
    "ORDER BY t DESC"
)
_LARGEST_UUID = 2**128

client_moment_days = Table(
    "client_moment_days",
    Base.metadata,
    *(
        Column(key, DateTime(timezone=True) if key == "t" else Text(), nullable=False)
        for key in KEY
    ),
    Column("sessions", BigInteger(), nullable=False),
    Column("moments", LargeBinary(), nullable=False),
    PrimaryKeyConstraint(*KEY),
    Index(None, "t"),
)


def by_session(
    connection: Connection, interval: Interval, portion: int, portions: int
) -> Sequence[Sequence[Any]]:
    """The sums of people's reports by session, app, `DIMENSIONS` and sample rate, in this order:
    one of `portions` equal ranges of session ids. Each row: the session, the app, the values, the
    rate, `BAD`, `EXPOSURE`, watched ms of reports that judge, whether the session dropped, packed
    round trips."""
    listed = ", ".join(f"coalesce({name}, '{UNKNOWN}')" for name in DIMENSIONS)
    ids = "session_id >= :first" + (" AND session_id < :last" if portion + 1 < portions else "")
    numbers = ", ".join(map(str, range(1, len(DIMENSIONS) + 4)))
    statement = (
        f"SELECT session_id, app, {listed}, sample_rate, {SUMS} FROM client_reports "
        f"WHERE period_end >= :start AND period_end < :end AND {IS_PERSON} AND {ids} "
        f"GROUP BY {numbers} ORDER BY {numbers}"
    )
    values: dict[str, Any] = {"start": interval[0], "end": interval[1]}
    values |= {
        name: UUID(int=_LARGEST_UUID * number // portions)
        for name, number in (("first", portion), ("last", portion + 1))
        if number < portions
    }
    return connection.execute(text(statement), values).all()


def days_without(connection: Connection, start: datetime, end: datetime) -> list[datetime]:
    """The days of [start, end) that have cells of pairs but no moments, the latest first."""
    values = {"start": start, "end": end, "pair": SMALLEST_PAIR}
    return list(connection.execute(WITHOUT, values).scalars())
