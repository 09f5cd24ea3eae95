"""The server during a run, as it counted itself: open connections, event-loop lag."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from analytics.load_tests.report import LoadTestReport
from analytics.ranges.timerange import TimeRange
from analytics.services.services import Services
from dashboard.server.performance.processes import lag_line
from models.metrics.dimensions import LOAD_TEST_APP

CONNECTIONS = "active_connections"
LEAST_LENGTH = timedelta(seconds=1)
BESIDE = timedelta(seconds=10)  # two periods of the meter, so that lines reach both ends
Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerDuring:
    """(seconds since the start of the run, value) of each step of `step_seconds`: open connections
    of `app`, `None` for all apps; and p99 of the loop lag in ms of the worker where it was worst.
    `workers` are those that measured it."""

    connections: Points = ()
    loop_lag: Points = ()
    app: str | None = None
    workers: int = 0
    step_seconds: int = 0


NOTHING_MEASURED = ServerDuring()


def window_of(run: LoadTestReport) -> TimeRange:
    """The time of a run."""
    return TimeRange(run.started_at, max(run.ended_at, run.started_at + LEAST_LENGTH))


def app_of(url: str) -> str | None:
    """The app under which our server counts connections to an address, `None` where it does not
    say."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    named = parse_qs(parts.query).get("app")
    if named:
        return named[0]
    return LOAD_TEST_APP if parts.path in ("", "/") else None


def read(services: Services, run: LoadTestReport, zone: ZoneInfo) -> ServerDuring:
    """What the server measured in the time of a run. Raises `DatabaseAway`."""
    app, own = app_of(run.plan.url), window_of(run)
    window = TimeRange(own.start - BESIDE, own.end + BESIDE)
    filters = {} if app is None else {"app": app}
    history = services.history.history(window, [CONNECTIONS], filters)
    points = [
        (at, each.value) for at, each in history.series[CONNECTIONS].points
        if each.value is not None
    ]  # fmt: skip
    report = services.performance.performance(window).report
    lags: dict[datetime, float] = {}
    lines = [lag_line(process, zone).values for process in report.processes]
    for values in lines:
        for at, lag in values.items():
            lags[at] = max(lag, lags.get(at, 0.0))
    return ServerDuring(
        connections=_since(run.started_at, points, history.step.seconds),
        loop_lag=_since(run.started_at, sorted(lags.items()), report.step_seconds),
        app=app,
        workers=sum(bool(values) for values in lines),
        step_seconds=history.step.seconds,
    )


def _since(
    start: datetime, points: Sequence[tuple[datetime, float]], step_seconds: int
) -> list[tuple[float, float]]:
    """The middle of each step in seconds since `start`."""
    return [((at - start).total_seconds() + step_seconds / 2, value) for at, value in points]
