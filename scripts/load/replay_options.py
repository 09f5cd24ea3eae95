"""A replay's plan: the recorded day, read from the API, and what is made of it."""

from dataclasses import replace
from datetime import UTC, datetime

import msgspec

from analytics.load_tests.report import ReplayedDay

from .api import Api, ApiFault
from .options import LEAST_BYTES, Options
from .replay.recorded_day import HOUR_SECONDS, NothingRecorded, RecordedDay, of_csv
from .replay.visits import DAY_SECONDS, TooFast, Visits, visits_of


class NoReplay(Exception):
    """The day cannot be replayed. The text says why and what to do."""


def with_visits(options: Options, api: Api) -> Options:
    """The options with the visits of their day, and the plan that follows from them. Options of
    other scenarios stay as they are. Raises `NoReplay`."""
    if options.day is None:
        return options
    start = datetime(options.day.year, options.day.month, options.day.day, tzinfo=UTC)
    plan = options.plan
    try:
        day = of_csv(api.stored_hours(start), start, options.app)
        rate = plan.rate if options.has_rate else day.rate
        visits = visits_of(day, plan.connections, plan.steady, rate)
    except (ApiFault, NothingRecorded, TooFast) as fault:
        raise NoReplay(f"{options.day} cannot be replayed: {fault}") from None
    size = plan.message_bytes if options.has_size else max(LEAST_BYTES, day.bytes_per_message)
    plan = msgspec.structs.replace(
        plan, rate=round(rate, 6), message_bytes=size, replay=_described(day, visits, options)
    )
    return replace(options, plan=plan, visits=visits)


def _described(day: RecordedDay, visits: Visits, options: Options) -> ReplayedDay:
    return ReplayedDay(
        day=str(options.day), app=options.app, opened=round(day.opened.sum()),
        median_seconds=round(day.length_at(0.5), 3),
        most_open=round(float(day.open_seconds.max()) / HOUR_SECONDS, 1),
        messages_per_minute=round(60 * day.rate, 3), visits=len(visits.arrivals),
        speed=round(DAY_SECONDS / visits.seconds, 3),
    )  # fmt: skip
