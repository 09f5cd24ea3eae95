"""Keeps the client rollups up to date: what changed, what is over, what came late."""

from datetime import datetime, timedelta
from time import monotonic

from analytics.read_plan import DAY, HOUR, down
from models import touched
from models.rollup_unit import RollupBusy

from .client_roller import ClientRoller
from .job import Surroundings

GRACE = timedelta(minutes=2)  # reports of an hour that is over still come in its first minutes
LATE_HOURS_AT_ONCE = 2  # of those that came late: an hour is made again from all its reports
LATE_FOR = timedelta(hours=50)  # a report may be 48 h old
LONGEST_SECONDS = 8.0  # a run ends before the next one is due, which goes on
FINAL_AFTER = timedelta(days=3)  # no report can come for a day that old


def step(around: Surroundings) -> str:
    """One round; what is left over is done by the next."""
    roller = ClientRoller(around.database, around.lease.confirm)
    kept = timedelta(days=around.settings.websocket_metrics_retention_days)
    try:
        return run(roller, around.now(), kept)
    except RollupBusy as busy:
        return str(busy)


def run(roller: ClientRoller, now: datetime, kept: timedelta) -> str:
    """Hours that are over, then changed minutes, then what came late. Raises `RollupBusy`.

    What lies before the days that are `kept` is never made again: its rows may be gone.
    """
    first_kept = down(now - kept, DAY) + DAY
    until = monotonic() + LONGEST_SECONDS
    settled, hours = _begun(roller, now, first_kept), 0
    while settled + HOUR + GRACE <= now and monotonic() < until:
        roller.hour(settled)
        settled, hours = settled + HOUR, hours + 1
    is_current = settled + HOUR + GRACE > now
    minutes = _minutes(roller, settled, until) if is_current else 0
    late = _late(roller, settled, first_kept)
    days = _cross(roller, settled, first_kept, until)
    if hours:
        roller.thin_out(settled)
        roller.forget_marks(first_kept)
    return f"{minutes} minutes, {hours} hours, {late} late hours, {days} crossed days"


def _begun(roller: ClientRoller, now: datetime, first_kept: datetime) -> datetime:
    """Where settled hours end. Rows of days for which none can come any more were brought by a
    load: then all from there on is made in order, and read from the rows meanwhile."""
    settled = roller.settled(now)
    loaded = roller.late_hours(touched.REPORTS, first_kept, min(settled, now - LATE_FOR))
    if loaded:
        roller.go_back(loaded[0])
        return loaded[0]
    return settled


def _minutes(roller: ClientRoller, settled: datetime, until: float) -> int:
    total = 0
    while (made := roller.minutes(settled)) and monotonic() < until:
        total += made
    return total + made


def _late(roller: ClientRoller, settled: datetime, first_kept: datetime) -> int:
    """Reports that came late change their hour; what a session did later changes its first."""
    hours = roller.late_hours(touched.REPORTS, first_kept, settled)[:LATE_HOURS_AT_ONCE]
    for hour in hours:
        roller.hour(hour)
    for hour in roller.late_hours(touched.SESSIONS, first_kept, settled):
        roller.sessions(hour)
    return len(hours)


def _cross(roller: ClientRoller, settled: datetime, first_kept: datetime, until: float) -> int:
    """Each day that is over, and once more the one for which no report can come any more."""
    days = 0
    day = roller.crossed()
    while day is not None and day + DAY <= down(settled, DAY) and monotonic() < until:
        roller.cross(day)
        if day - FINAL_AFTER >= first_kept:
            roller.cross(day - FINAL_AFTER)
        day, days = day + DAY, days + 1
    return days
