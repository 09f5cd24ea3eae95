"""When connections of load tests were open here: by the samples of their app, whoever ran them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from models.metrics.dimensions import LOAD_TEST_APP
from models.metrics.intervals import Interval

NEWEST = timedelta(minutes=10)  # of samples that may be in no cell yet
RUNNING = timedelta(seconds=60)  # a test whose last sample is younger goes on
_BUSY = "app = :app AND opened + {active} > 0"
_WINDOWS = text(
    "WITH busy AS ("
    "SELECT tstzrange(t, t + interval '1 minute') AS span FROM server_minutes "
    f"WHERE t > CAST(:start AS timestamptz) - interval '1 minute' AND t < :end "
    f"AND {_BUSY.format(active='connection_us')} "
    "UNION ALL SELECT tstzrange(period_start, period_end + interval '1 millisecond') "
    "FROM server_samples WHERE period_end > greatest(:start, now() - :newest) "
    f"AND period_start < :end AND period_end > period_start AND {_BUSY.format(active='active')}) "
    "SELECT lower(span), upper(span) "
    "FROM unnest((SELECT range_agg(span) FROM busy)) AS span ORDER BY 1"
)


@dataclass(frozen=True, slots=True)
class LoadTestActivity:
    """Connections of load tests were open from `start` to `end`; `is_running`: they still are."""

    start: datetime
    end: datetime
    is_running: bool = False


def between(connection: Connection, start: datetime, end: datetime) -> list[Interval]:
    """The times within which connections of load tests were open, that overlap [start, end); to the
    minute but for the last ten, ascending."""
    values = {"app": LOAD_TEST_APP, "start": start, "end": end, "newest": NEWEST}
    return [(since, until) for since, until in connection.execute(_WINDOWS, values)]


def latest(connection: Connection, start: datetime, end: datetime) -> LoadTestActivity | None:
    """The last of them in [start, end), seen from `end`; `None`: there was none."""
    windows = between(connection, start, end)
    if not windows:
        return None
    since, until = windows[-1]
    return LoadTestActivity(since, min(until, end), is_running=end - until < RUNNING)
