"""The geographic answer from segments; pure."""

from collections.abc import Mapping
from math import isnan

from analytics.geo.countries import country_name
from analytics.geo.regions import region_name
from analytics.notifications.advice import GEOGRAPHY
from analytics.query.arrays import Floats
from analytics.query.not_counted import REGIONS
from analytics.reports.segments.compared import Comparison, ranked
from analytics.reports.segments.figures import (
    FIGURES,
    LEAST_SESSIONS,
    Difference,
    FigureValues,
)
from analytics.reports.segments.geographic_answers import (
    LATENCIES,
    Distance,
    Geographic,
    Interval,
    Rate,
    Region,
    RoundTrips,
)
from analytics.stats.estimates import Share
from models.metrics.dimensions import REGION, UNKNOWN

DECIMALS = 6
PLACES = {"ms": 2}
OF_LATENCY = ("latency_ms",)
# The fields that are `None` where one of the engine's figures was not counted.
FIELDS = {
    "latency": OF_LATENCY,
    "sessions": ("sessions", "client_count", "stability"),
    "intervals": ("low", "high", "interval"),
    REGIONS: ("regions",),
}
WORLD = "world"


def geographic_of(comparison: Comparison, filters: Mapping[str, str]) -> Geographic:
    """The answer; of a country its regions where the segments are regions."""
    segments, country = comparison.segments, filters.get("country", "")
    rows = sorted(
        range(len(segments.labels)),
        key=lambda row: (-segments.additive.reports[row], *segments.labels[row].values()),
    )
    is_split = any(segments.labels)
    regions = [_region(comparison, row, country) for row in rows] if is_split else []
    is_unknown = [(each.region or each.country) == UNKNOWN for each in regions]
    worst = {
        key: [_code(comparison, row) for row in ranked(comparison, key)] if is_split else []
        for key in FIGURES
    }
    return Geographic(
        start=segments.start,
        end=segments.end,
        data_as_of=segments.data_as_of,
        filters=dict(filters),
        sessions_are=segments.sessions_are,
        regions=[each for each, flag in zip(regions, is_unknown, strict=True) if not flag],
        unknown=next((each for each, flag in zip(regions, is_unknown, strict=True) if flag), None),
        world=_world(comparison, country),
        worst={key: codes for key, codes in worst.items() if codes},
        advice=list(GEOGRAPHY.steps) if any(worst.values()) else [],
        not_counted={
            field: str(reason)
            for name, reason in segments.not_counted.items()
            for field in FIELDS.get(name, ())
        },
    )


def _code(comparison: Comparison, row: int) -> str:
    labels = comparison.labels[row]
    return labels.get(REGION, labels.get("country", UNKNOWN))


def _region(comparison: Comparison, row: int, country: str) -> Region:
    labels, own = comparison.labels[row], comparison.segments.additive
    code = labels.get("country", country)
    region = labels.get(REGION)
    return _filled(
        comparison.figures, row,
        country=code, region=region,
        name=country_name(code) if region is None else region_name(code, region),
        sessions=own.sessions[row], reports=own.reports[row],
        is_small=bool(comparison.small_sample[row]),
        before={key: _number(each.value, row, key) for key, each in comparison.before.items()},
        change=_distances(comparison.change, row),
        from_others=_distances(comparison.from_others, row),
    )  # fmt: skip


def _world(comparison: Comparison, country: str) -> Region:
    of = comparison.world_of
    return _filled(
        comparison.world, 0, country=country or WORLD, region=None,
        name=country_name(country) if country else "World", sessions=of.sessions[0],
        reports=of.reports[0], is_small=not of.sessions[0] >= LEAST_SESSIONS, before={}, change={},
        from_others={},
    )  # fmt: skip


def _filled(
    figures: Mapping[str, FigureValues],
    row: int,
    *,
    country: str,
    region: str | None,
    name: str,
    sessions: float,
    reports: float,
    is_small: bool,
    before: dict[str, float | None],
    change: dict[str, Distance | None],
    from_others: dict[str, Distance | None],
) -> Region:
    count = None if isnan(sessions) else round(sessions)
    trips = _round_trips(figures, row, count)
    connect_success = _share(figures["connect_success"], row, count)
    drops = _rate(figures["drops_per_session_hour"], row, count)
    return Region(
        country=country, region=region, name=name, sessions=count, reports=round(reports),
        client_count=count, average_latency_ms=trips.mean,
        connection_success_rate=connect_success.value, latency_ms=trips,
        connect_success=connect_success, stability=_share(figures["stability"], row, count),
        drops_per_session_hour=drops.value, drops=drops,
        error_rate=_share(figures["error_rate"], row, count),
        without_connection=_share(figures["without_connection"], row, count),
        small_sample=is_small,
        too_few=[key for key, each in figures.items() if each.too_few[row]],
        before=before, change=change, from_others=from_others,
    )  # fmt: skip


def _round_trips(figures: Mapping[str, FigureValues], row: int, sessions: int | None) -> RoundTrips:
    values, intervals = {}, {}
    for name in LATENCIES:
        key = f"latency_{name}_ms"
        values[name] = _number(figures[key].value, row, key)
        intervals[name] = _interval(figures[key], row, key)
    return RoundTrips(
        n=round(float(figures["latency_p95_ms"].n[row])), sessions=sessions,
        mean=values["mean"], p50=values["p50"], p95=values["p95"], p99=values["p99"],
        mean_interval=intervals["mean"], p50_interval=intervals["p50"],
        p95_interval=intervals["p95"], p99_interval=intervals["p99"],
    )  # fmt: skip


def _share(figure: FigureValues, row: int, sessions: int | None) -> Share:
    value, low, high = (_number(each, row) for each in (figure.value, figure.low, figure.high))
    n = 0 if isnan(figure.n[row]) else round(float(figure.n[row]))
    return Share(value=value, n=n, low=low, high=high, sessions=sessions)


def _rate(figure: FigureValues, row: int, sessions: int | None) -> Rate:
    value, low, high = (_number(each, row) for each in (figure.value, figure.low, figure.high))
    n = round(float(figure.n[row]))
    return Rate(value=value, n=n, sessions=sessions, low=low, high=high)


def _distances(differences: Mapping[str, Difference], row: int) -> dict[str, Distance | None]:
    distances: dict[str, Distance | None] = {}
    for key, each in differences.items():
        value = _number(each.value, row, key)
        distances[key] = (
            None if value is None else Distance(value=value, interval=_interval(each, row, key))
        )
    return distances


def _interval(each: FigureValues | Difference, row: int, key: str) -> Interval | None:
    low, high = _number(each.low, row, key), _number(each.high, row, key)
    return None if low is None or high is None else Interval(low, high)


def _number(values: Floats, row: int, key: str = "") -> float | None:
    value = float(values[row])
    if isnan(value):
        return None
    return round(value, PLACES.get(FIGURES[key].unit, DECIMALS) if key else DECIMALS)
