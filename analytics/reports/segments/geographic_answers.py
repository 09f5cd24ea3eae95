"""The answer of the geographic route; shares are from 0 to 1, times aware UTC."""

from datetime import datetime

import msgspec

from analytics.country_file.source import CountrySource
from analytics.stats.estimates import Share

LATENCIES = ("p50", "p95", "p99", "mean")  # of `RoundTrips`


class Interval(msgspec.Struct, frozen=True):
    """The ends of a 95 % interval."""

    low: float
    high: float


class Distance(msgspec.Struct, frozen=True, kw_only=True):
    """A figure minus another, and the 95 % interval where it is known."""

    value: float
    interval: Interval | None


class RoundTrips(msgspec.Struct, frozen=True, kw_only=True):
    """Mean and percentiles in ms, with 95 % intervals over sessions; `None`: not known."""

    n: int
    sessions: int | None
    mean: float | None
    p50: float | None
    p95: float | None
    p99: float | None
    mean_interval: Interval | None
    p50_interval: Interval | None
    p95_interval: Interval | None
    p99_interval: Interval | None


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """Events per hour with the 95 % interval over sessions; n are reports."""

    value: float | None
    n: int
    sessions: int | None
    low: float | None
    high: float | None


class Region(msgspec.Struct, frozen=True, kw_only=True):
    """A country, or a region of the country asked for: `name` in words.

    `client_count`, `average_latency_ms` and `connection_success_rate` are `sessions`, the mean of
    `latency_ms` and `connect_success` again. `small_sample`: fewer than 30 sessions, never ranked.
    `too_few` lists the figures that too few sessions bear on for an interval, by their keys.
    `before` has the values of the period before, `change` the differences from them, `from_others`
    those from all other people, by figure.
    """

    country: str
    region: str | None
    name: str
    sessions: int | None
    reports: int
    client_count: int | None
    average_latency_ms: float | None
    connection_success_rate: float | None
    latency_ms: RoundTrips
    connect_success: Share
    stability: Share
    drops_per_session_hour: float | None
    drops: Rate
    error_rate: Share
    without_connection: Share
    small_sample: bool
    too_few: list[str]
    before: dict[str, float | None]
    change: dict[str, Distance | None]
    from_others: dict[str, Distance | None]


class Geographic(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of `GET /api/ws/client-metrics/geographic`: countries by sessions, or with
    `country` its regions. `unknown` are people without a country (or region), `world` all of the
    selection. `worst` lists, by figure, the regions that are surely worse than all others, those
    with the most people affected first. Sessions are those `present`, those that `started`, or
    those of each day (`by day`), as `sessions_are` says. What was not counted, or is not known, is
    `None`, and `not_counted` says why. `country_source` is whose the country file is, to be named
    beside what is drawn of the answer; `None` while geolocation is off."""

    start: datetime
    end: datetime
    data_as_of: datetime
    filters: dict[str, str]
    sessions_are: str
    regions: list[Region]
    unknown: Region | None
    world: Region
    worst: dict[str, list[str]]
    advice: list[str]
    not_counted: dict[str, str]
    country_source: CountrySource | None = None
