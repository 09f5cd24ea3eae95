"""Makes every settled cell anew from the rows themselves: the same cells, to the last digit.

It may run beside the scheduler: both work hour by hour, and never on the same source at once.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from time import sleep

from analytics.query.read_plan import DAY, HOUR, down
from models.database.engine import Database
from models.queries.report_queries import snapshot
from models.rollups import rollup_state
from models.rollups.rollup_unit import RollupBusy

from .client_aggregator import ClientAggregator
from .rollup_round import Aggregator
from .server_aggregator import ServerAggregator
from .watermark import Source, alone

PATIENCE_SECONDS = 0.2
Say = Callable[[str], None]
Day = tuple[datetime, list[datetime]]


def rebuild(database: Database, say: Say) -> int:
    """Make all cells anew, saying each day; how many hours. Raises `DatabaseAway`."""
    reports, samples = ClientAggregator(database, alone), ServerAggregator(database, alone)
    days = _days(database, reports.watermark.source)
    for day, hours in days:
        _hours(reports, hours)
        if hours[-1] + HOUR == day + DAY:
            _patiently(partial(reports.cross, day))
        say(f"reports of {day:%Y-%m-%d}: {len(hours)} hours")
    more = _days(database, samples.watermark.source)
    for day, hours in more:
        _hours(samples, hours)
        say(f"samples of {day:%Y-%m-%d}: {len(hours)} hours")
    return sum(len(hours) for _, hours in (*days, *more))


def _hours(roller: Aggregator, hours: Sequence[datetime]) -> None:
    """The hours of one day; the day itself is added up with the last one."""
    for hour in hours:
        _patiently(partial(roller.hour, hour, anew=True, adds_up=hour == hours[-1]))


def _days(database: Database, source: Source) -> list[Day]:
    """The settled hours that still have their rows, by day."""
    with snapshot(database) as connection:
        first, settled = source.first_row(connection), rollup_state.settled(connection, source.name)
    if first is None or settled is None:
        return []
    start = down(first, HOUR)
    hours = [start + n * HOUR for n in range(max(0, (settled - start) // HOUR))]
    return [(day, list(found)) for day, found in groupby(hours, lambda hour: down(hour, DAY))]


def _patiently(unit: Callable[[], None]) -> None:
    """Do it as soon as nobody else rolls up the same source."""
    while True:
        try:
            return unit()
        except RollupBusy:
            sleep(PATIENCE_SECONDS)
