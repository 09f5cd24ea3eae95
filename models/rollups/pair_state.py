"""Which days have cells by pairs of dimensions: those from `pairs_from` to before `pairs_until`.

Days in `pairs_stale` have cells that lack late rows; they are made again. A scheduler of a version
before these columns leaves them alone: the days it closes stay beyond `pairs_until`, and the late
rows it rolls up are missing from the pair cells, which `behind_totals` finds by comparing counts.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from models.metrics.dimensions import pair_dimension

SMALLEST_PAIR = pair_dimension(("country", "effective_type"))  # the one with the fewest values
BEHIND = text(
    "SELECT total.t FROM (SELECT t, sum(reports) AS reports FROM client_days "
    "WHERE dimension = '' AND value = '' AND t >= :start AND t < :end GROUP BY t) AS total "
    "LEFT JOIN (SELECT t, sum(reports) AS reports FROM client_pair_days "
    "WHERE dimension = :pair AND t >= :start AND t < :end GROUP BY t) AS pair USING (t) "
    "WHERE coalesce(pair.reports, 0) < total.reports ORDER BY 1"
)


@dataclass(frozen=True, slots=True)
class PairDays:
    """Pair cells exist for the days of [start, end); those in `stale`, ascending, lack late rows.

    `None`: no day has had any yet.
    """

    start: datetime | None = None
    end: datetime | None = None
    stale: tuple[datetime, ...] = ()

    def adjoins(self, day: datetime, end: datetime) -> bool:
        """Whether [day, end) is one of these days, or the next before or after them."""
        return self.start is None or self.end is None or (self.start <= end and day <= self.end)


def pair_days(connection: Connection, source: str) -> PairDays:
    """The days with pair cells."""
    query = text(
        "SELECT pairs_from, pairs_until, pairs_stale FROM rollup_state WHERE source = :source"
    )
    row = connection.execute(query, {"source": source}).one_or_none()
    return PairDays() if row is None else PairDays(row[0], row[1], tuple(sorted(row[2])))


def extend(connection: Connection, source: str, day: datetime, end: datetime) -> None:
    """The day [day, end) has its cells now: it is not stale, and joins the days it adjoins."""
    query = text(
        "UPDATE rollup_state SET "
        "pairs_from = CASE WHEN pairs_from IS NULL OR pairs_from = :end THEN :day "
        "ELSE pairs_from END, "
        "pairs_until = CASE WHEN pairs_until IS NULL OR pairs_until = :day THEN :end "
        "ELSE pairs_until END, "
        "pairs_stale = array_remove(pairs_stale, CAST(:day AS timestamptz)) "
        "WHERE source = :source"
    )
    connection.execute(query, {"source": source, "day": day, "end": end})


def begin_at(connection: Connection, source: str, day: datetime) -> None:
    """No day has pair cells, and `day` is the next that may: the rows of one before it are gone."""
    query = text(
        "UPDATE rollup_state SET pairs_from = :day, pairs_until = :day, pairs_stale = '{}' "
        "WHERE source = :source"
    )
    connection.execute(query, {"source": source, "day": day})


def go_back(connection: Connection, source: str, day: datetime) -> None:
    """No day from `day` on has pair cells any more: rows came for days that were closed."""
    query = text(
        "UPDATE rollup_state SET pairs_from = least(pairs_from, :day), "
        "pairs_until = least(pairs_until, :day), "
        "pairs_stale = ARRAY(SELECT stale FROM unnest(pairs_stale) AS stale WHERE stale < :day) "
        "WHERE source = :source AND pairs_from IS NOT NULL"
    )
    connection.execute(query, {"source": source, "day": day})


def mark_stale(connection: Connection, source: str, day: datetime) -> None:
    """The pair cells of a day, if it has any, lack rows that its other cells have."""
    query = text(
        "UPDATE rollup_state SET pairs_stale = array_append(pairs_stale, :day) "
        "WHERE source = :source AND :day >= pairs_from AND :day < pairs_until "
        "AND NOT :day = ANY(pairs_stale)"
    )
    connection.execute(query, {"source": source, "day": day})


def drop_marks(connection: Connection, source: str, before: datetime) -> None:
    """The days before are never made again: they are not stale any more."""
    query = text(
        "UPDATE rollup_state SET "
        "pairs_stale = ARRAY(SELECT stale FROM unnest(pairs_stale) AS stale "
        "WHERE stale >= :before) WHERE source = :source"
    )
    connection.execute(query, {"source": source, "before": before})


def forget(connection: Connection, source: str, before: datetime) -> None:
    """The pair cells of the days before are deleted."""
    query = text(
        "UPDATE rollup_state SET pairs_from = greatest(pairs_from, :before), "
        "pairs_until = greatest(pairs_until, :before) "
        "WHERE source = :source AND pairs_from < :before"
    )
    connection.execute(query, {"source": source, "before": before})


def behind_totals(connection: Connection, start: datetime, end: datetime) -> list[datetime]:
    """The days of [start, end) whose pair cells count fewer reports than their total cells."""
    values = {"start": start, "end": end, "pair": SMALLEST_PAIR}
    return list(connection.execute(BEHIND, values).scalars())
