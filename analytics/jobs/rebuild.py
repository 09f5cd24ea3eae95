"""Makes every settled cell anew from the rows themselves: the same cells, to the last digit.

It may run beside the scheduler: both work hour by hour, and never on the same source at once.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from time import sleep

from sqlalchemy import Connection

from analytics.read_plan import DAY, HOUR, down
from models import report_groups, rollup_state, sample_groups, touched
from models.database import Database
from models.report_queries import snapshot
from models.rollup_unit import RollupBusy

from .client_roller import ClientRoller
from .server_rollup import ServerRoller

PATIENCE_SECONDS = 0.2
Say = Callable[[str], None]
Day = tuple[datetime, list[datetime]]


def rebuild(database: Database, say: Say) -> int:
    """Make all cells anew, saying each day; how many hours. Raises `DatabaseAway`."""
    reports, samples = ClientRoller(database, _alone), ServerRoller(database, _alone)
    days = _days(database, touched.REPORTS, report_groups.first_report)
    for day, hours in days:
        _hours(reports.hour, hours)
        if hours[-1] + HOUR == day + DAY:
            _patiently(partial(reports.cross, day))
        say(f"reports of {day:%Y-%m-%d}: {len(hours)} hours")
    more = _days(database, touched.SAMPLES, sample_groups.first_sample)
    for day, hours in more:
        _hours(samples.hour, hours)
        say(f"samples of {day:%Y-%m-%d}: {len(hours)} hours")
    return sum(len(hours) for _, hours in (*days, *more))


def _hours(make: Callable[..., None], hours: Sequence[datetime]) -> None:
    """The hours of one day; the day itself is added up with the last one."""
    for hour in hours:
        _patiently(partial(make, hour, anew=True, adds_up=hour == hours[-1]))


def _days(
    database: Database, source: str, first_row: Callable[[Connection], datetime | None]
) -> list[Day]:
    """The settled hours that still have their rows, by day."""
    with snapshot(database) as connection:
        first, settled = first_row(connection), rollup_state.settled(connection, source)
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


def _alone(_connection: Connection) -> None:
    """Rebuilding needs no lead: units keep out of each other's way."""
