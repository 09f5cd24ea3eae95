"""Keeps the client rollups up to date: a round, then sessions, crossed days and tidying up."""

from datetime import datetime, timedelta

from analytics.query.read_plan import DAY, down
from analytics.rollups.client_aggregator import ClientAggregator
from analytics.rollups.rollup_round import Round
from models.rollups import dirty_minutes

LATE_HOURS_AT_ONCE = 2  # of those that came late: an hour is made again from all its reports
FINAL_AFTER = timedelta(days=3)  # no report can come for a day that old


def run(roller: ClientAggregator, now: datetime, kept: timedelta) -> str:
    """One round, for reports of days that are `kept`. Raises `RollupBusy`, `DatabaseAway`."""
    this = Round(now, kept)
    made = this.roll_up(roller, LATE_HOURS_AT_ONCE)
    # What a session did later changes the hour it started in.
    for hour in roller.watermark.late_hours(this.first_kept, made.settled, dirty_minutes.SESSIONS):
        roller.sessions(hour)
    days = _cross(roller, this, made.settled)
    if made.hours:
        roller.thin_out(made.settled)
        roller.forget_marks(this.first_kept)
    return f"{made}, {days} crossed days"


def _cross(roller: ClientAggregator, this: Round, settled: datetime) -> int:
    """Each day that is over, and once more the one for which no report can come any more."""
    days = 0
    day = roller.crossed()
    while day is not None and day + DAY <= down(settled, DAY) and this.has_time:
        roller.cross(day)
        if day - FINAL_AFTER >= this.first_kept:
            roller.cross(day - FINAL_AFTER)
        day, days = day + DAY, days + 1
    return days
