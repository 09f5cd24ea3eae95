"""The reader of correlations behind API and page."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from analytics.correlation.answers.correlations import correlations_of
from analytics.correlation.results import Correlations
from analytics.correlation.series.reader import read_hourly
from analytics.correlation.service.recent import Recent
from analytics.correlation.sessions.reader import read_sessions
from analytics.query.query import FilterValues
from analytics.ranges.app_zones import AppZones, zone_of
from analytics.ranges.timerange import Filters, TimeRange
from models.database.engine import Database
from models.metrics.dimensions import SEGMENTS

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ALIGNED = timedelta(minutes=5)
LONG = timedelta(hours=12)  # from here on five minutes more or less change nothing
Task = Callable[[], Correlations]


def _at_once(task: Task) -> Correlations:
    return task()


class CorrelationReports:
    """Reads hours and sessions, and computes by way of `run`: half a second of arithmetic, beside
    which a worker of sockets must go on. Every method raises `DatabaseAway`."""

    def __init__(
        self,
        database: Database,
        zones: AppZones = (),
        run: Callable[[Task], Correlations] = _at_once,
    ) -> None:
        self._database = database
        self._zones = zones
        self._run = run
        self._recent: Recent[Correlations] = Recent()

    def read(self, window: TimeRange, filters: Filters, pair: str | None = None) -> Correlations:
        """All pairs of the range; that of the key `pair`, else the strongest, with its points."""
        values = filter_values(filters)
        zone = zone_of(self._zones, values.get("app", ()))
        hours = read_hourly(self._database, values, window, zone=zone)
        sessions = read_sessions(self._database, values, window, zone=zone)
        ends = (window.start, window.end)
        return self._run(partial(correlations_of, hours, sessions, ends, pair))

    def recent(self, window: TimeRange, filters: Filters, pair: str | None = None) -> Correlations:
        """The same of the range in whole five minutes, at most five minutes old: for a page that
        asks again and again."""
        window = aligned(window)
        key = (window, filters, pair)
        return self._recent.get(key) or self._recent.put(key, self.read(window, filters, pair))


def filter_values(filters: Filters) -> FilterValues:
    """Accepted values by dimension, of those that a session has one of."""
    return {name: (value,) for name, value in filters.active().items() if name in SEGMENTS}


def aligned(window: TimeRange) -> TimeRange:
    """A long range with both ends on whole five minutes, the nearest before."""
    if window.length < LONG:
        return window
    return TimeRange(_floor(window.start), _floor(window.end))


def _floor(at: datetime) -> datetime:
    return at - (at - EPOCH) % ALIGNED
