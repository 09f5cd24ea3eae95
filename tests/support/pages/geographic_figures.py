"""Factories of what the Geographic page draws: countries with figures, an hour before noon."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from analytics.country_file.source import CountrySource
from analytics.geo.countries import country_name
from analytics.ranges.steps import StepStart
from analytics.ranges.timerange import TimeRange
from dashboard.client.geographic.core.data import GeographicData
from dashboard.client.geographic.core.metrics import REGION_METRICS, Scale
from dashboard.client.geographic.core.regions import (
    Figure,
    GeographicReport,
    Region,
)
from dashboard.client.geographic.core.url_state import GeographicView
from tests.support.clock import NOON

HOUR, STEP_SECONDS, STEPS = timedelta(hours=1), 300, 12
WIDTH = {Scale.MS: 0.05, Scale.SHARE: 0.01, Scale.RATE: 0.2, Scale.COUNT: 0.0}
USUAL = {
    "latency_p50_ms": 40.0, "latency_p95_ms": 90.0, "latency_p99_ms": 200.0,
    "latency_mean_ms": 50.0,
    "connect_success": 0.99, "stability": 0.93, "drops_per_session_hour": 0.2,
    "error_rate": 0.002, "without_connection": 0.004, "reports": 400.0,
}  # fmt: skip


def figure(key: str, value: float | None, n: int = 1000) -> Figure:
    """A value with an interval as wide as is usual for its metric."""
    if value is None:
        return Figure(value=None)
    metric = REGION_METRICS.get(key)
    width = WIDTH[metric.scale if metric else Scale.MS]
    reach = width if metric and metric.scale is Scale.SHARE else width * value
    high = value + reach
    if metric and metric.scale is Scale.SHARE:
        high = min(1.0, high)
    return Figure(value=value, low=max(0.0, value - reach), high=high, n=n)


def a_region(
    code: str, sessions: int = 100, before: Mapping[str, float] | None = None,
    name: str = "", **values: float | None,
) -> Region:  # fmt: skip
    """A country with usual figures, but those passed; `before` are those of the period before."""
    figures: dict[str, Any] = {**USUAL, "sessions": float(sessions), **values}
    return Region(
        code=code, name=name or country_name(code), sessions=sessions, is_small=sessions < 30,
        figures={key: figure(key, value) for key, value in figures.items()},
        before={key: figure(key, value) for key, value in (before or {}).items()},
    )  # fmt: skip


def geographic_data(
    *regions: Region, view: GeographicView | None = None, elsewhere: Sequence[Region] = (),
    **fields: Any,
) -> GeographicData:  # fmt: skip
    """The page's data of these countries; `fields` are those of the report."""
    everyone = sum(each.sessions for each in (*regions, *elsewhere))
    defaults: dict[str, Any] = {
        "start": NOON - HOUR, "end": NOON, "data_as_of": NOON, "resolution": "5 minutes",
        "step_seconds": STEP_SECONDS, "zone": "UTC", "regions": regions, "elsewhere": elsewhere,
        "world": a_region("", everyone, name="World"),
        "series": [
            StepStart(NOON - HOUR + number * timedelta(minutes=5)) for number in range(STEPS)
        ],
    }  # fmt: skip
    return GeographicData(
        view=view or GeographicView(preset="1h"),
        window=TimeRange(NOON - HOUR, NOON),
        now=NOON,
        zone=ZoneInfo("UTC"),
        current=GeographicReport(**(defaults | fields)),
        source=CountrySource(origin="DB-IP", link="https://db-ip.com", built_at=NOON),
    )
