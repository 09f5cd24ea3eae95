"""Keeps the client rollups up to date: a round, then sessions, the cube, pairs and cleanup."""

from datetime import datetime, timedelta
from time import monotonic

from analytics.query.read_plan import DAY, HOUR, floor_to
from analytics.rollups.client_aggregator import ClientAggregator
from analytics.rollups.pair_aggregator import PairAggregator
from analytics.rollups.rollup_round import RollupRound, RoundProgress
from models.rollups import dirty_minutes

LATE_HOURS_AT_ONCE = 2  # with late reports: such an hour is read again in full
QUICK_SECONDS = 0.5
FINAL_AFTER = timedelta(days=3)  # no report is accepted for a day that old


def run(aggregator: ClientAggregator, now: datetime, retention: timedelta) -> str:
    """One round; `retention` is that of raw reports. Raises `RollupBusy`, `DatabaseAway`."""
    rollup_round = RollupRound(now, retention)
    progress = rollup_round.roll_up(aggregator, LATE_HOURS_AT_ONCE)
    _advance_states(aggregator, rollup_round, now)
    # A later abnormal close changes the hour its session started in.
    for hour in aggregator.watermark.late_hours(
        rollup_round.retained_from, progress.complete_until, dirty_minutes.SESSIONS
    ):
        aggregator.recount_sessions(hour)
    days = _build_cube(aggregator, rollup_round, progress.complete_until)
    pair_days = _build_pairs(aggregator.pairs, rollup_round, progress)
    if progress.hours:
        aggregator.drop_minute_details(progress.complete_until)
        aggregator.drop_old_marks(rollup_round.retained_from)
    return f"{progress}, {days} cross-table days, {pair_days} pair days"


def _advance_states(aggregator: ClientAggregator, rollup_round: RollupRound, now: datetime) -> None:
    """An hour a commit, more while that is quick: weeks without a report take some statements."""
    most, began = HOUR, monotonic()
    while aggregator.advance_states(now, most) and rollup_round.has_time:
        most *= 2 if monotonic() - began < QUICK_SECONDS else 1
        began = monotonic()


def _build_cube(
    aggregator: ClientAggregator, rollup_round: RollupRound, complete_until: datetime
) -> int:
    """Build each complete day, and rebuild the one that has become final."""
    days = 0
    day = aggregator.cube_until()
    while day is not None and day + DAY <= floor_to(complete_until, DAY) and rollup_round.has_time:
        aggregator.build_cube(day)
        if day - FINAL_AFTER >= rollup_round.retained_from:
            aggregator.build_cube(day - FINAL_AFTER)
            aggregator.pairs.mark_stale(day - FINAL_AFTER)
        day, days = day + DAY, days + 1
    return days


def _build_pairs(pairs: PairAggregator, rollup_round: RollupRound, progress: RoundProgress) -> int:
    """Build stale days when an hour has ended, then each complete day without pair cells."""
    days = 0
    for day in pairs.stale_days(rollup_round.retained_from) if progress.hours else ():
        if rollup_round.has_time:
            days += pairs.build(day)
    next_day = pairs.next_day(rollup_round.stored_from)
    while (
        next_day is not None and next_day + DAY <= progress.complete_until and rollup_round.has_time
    ):
        pairs.build_next(next_day)
        next_day, days = next_day + DAY, days + 1
    return days
