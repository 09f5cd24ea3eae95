"""Rebuilds all cells of complete hours from raw rows: bit for bit the same cells.

Days without rows are left alone: retention drops rows long before cells.

It may run beside the scheduler: both work hour by hour, and never on the same source at once.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import groupby
from time import sleep

from analytics.query.read_plan import DAY, HOUR, floor_to
from models.database import partitions
from models.database.engine import Database
from models.queries.snapshot import snapshot
from models.rollups import rollup_state
from models.rollups.rollup_unit import RollupBusy

from .client_aggregator import ClientAggregator
from .pair_aggregator import PairAggregator
from .rollup_round import Aggregator
from .server_aggregator import ServerAggregator
from .watermark import RollupSource, without_lease

PATIENCE_SECONDS = 0.2
Log = Callable[[str], None]
Day = tuple[datetime, list[datetime]]


def rebuild(database: Database, log: Log) -> int:
    """Rebuild all cells, logging each day; returns the number of hours. Raises `DatabaseAway`."""
    reports, samples = (
        ClientAggregator(database, without_lease),
        ServerAggregator(database, without_lease),
    )
    days = _days(database, reports.watermark.source)
    for day, hours in days:
        _rebuild_hours(reports, hours)
        if hours[-1] + HOUR == day + DAY:
            _retry_while_busy(partial(reports.build_cube, day))
        log(f"reports of {day:%Y-%m-%d}: {len(hours)} hours")
    _rebuild_pairs(reports.pairs, [day for day, hours in days if hours[-1] + HOUR == day + DAY])
    more = _days(database, samples.watermark.source)
    for day, hours in more:
        _rebuild_hours(samples, hours)
        log(f"samples of {day:%Y-%m-%d}: {len(hours)} hours")
    return sum(len(hours) for _, hours in (*days, *more))


def rebuild_day(database: Database, day: datetime) -> None:
    """Rebuild the cells of the complete hours of one day: after a bulk load of a day so old that
    rounds leave it out. Raises `DatabaseAway`."""
    for aggregator in (
        ClientAggregator(database, without_lease),
        ServerAggregator(database, without_lease),
    ):
        hours = dict(_days(database, aggregator.watermark.source)).get(day)
        if hours:
            _rebuild_hours(aggregator, hours)


def _rebuild_hours(aggregator: Aggregator, hours: Sequence[datetime]) -> None:
    """Rebuild the hours of one day, and with the last one the day."""
    for hour in hours:
        _retry_while_busy(
            partial(aggregator.roll_up_hour, hour, from_scratch=True, with_day=hour == hours[-1])
        )


def _rebuild_pairs(pairs: PairAggregator, days: Sequence[datetime]) -> None:
    """Rebuild the days with pair cells, and go on with those that adjoin them on either side."""
    start = pairs.days().start or days[0] if days else None
    for day in sorted(days, key=lambda day: (day < start, abs(day - start))) if start else ():
        _retry_while_busy(partial(pairs.build, day))


def _days(database: Database, source: RollupSource) -> list[Day]:
    """The complete hours that still have their raw rows, by day."""
    with snapshot(database) as connection:
        first, complete_until = (
            source.first_row(connection),
            rollup_state.complete_until(connection, source.name),
        )
    if first is None or complete_until is None:
        return []
    last = complete_until.astimezone(UTC).date()
    stored = frozenset(partitions.days_before(database, source.table, last + timedelta(days=1)))
    start = floor_to(first, HOUR)
    hours = [start + n * HOUR for n in range(max(0, (complete_until - start) // HOUR))]
    return [
        (day, list(day_hours))
        for day, day_hours in groupby(hours, lambda hour: floor_to(hour, DAY))
        if day.date() in stored
    ]


def _retry_while_busy(unit: Callable[[], object]) -> None:
    """Run the unit, waiting while another process rolls up the same source."""
    while True:
        try:
            unit()
            return
        except RollupBusy:
            sleep(PATIENCE_SECONDS)
