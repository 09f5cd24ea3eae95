"""Until when steps are complete, so that they can be judged."""

from datetime import datetime, timedelta

from analytics.query.engine import Engine
from analytics.query.query import Query, SeriesSource
from analytics.query.read_plan import HOUR, floor_to
from analytics.ranges.timerange import TimeRange
from models.database.engine import Connection
from models.metrics.anomalies.series_key import STEP_SECONDS

LATE = timedelta(seconds=90)  # monitors report at least once a minute


def complete_until(
    connection: Connection, source: SeriesSource, now: datetime, step_seconds: int
) -> datetime:
    """The end of the last complete step: 90 seconds ago at the latest, and for steps of an hour no
    hour that is not rolled up, since its rows would have to be read one by one."""
    until = floor_to(now - LATE, timedelta(seconds=step_seconds))
    if step_seconds == STEP_SECONDS:
        return until
    query = Query(source=source, metrics=(), window=TimeRange(now - HOUR, now))
    rolled_up = Engine(connection).coverage(query).complete_until
    return until if rolled_up is None else min(until, rolled_up)
