"""The regions of the geographic answer as CSV, a row each; durations in ms, shares from 0 to 1."""

from collections.abc import Iterator

from analytics.formatting.csv_text import Cell, escape_formula
from analytics.reports.segments.figures import ENDS
from analytics.reports.segments.geographic_answers import (
    LATENCIES,
    Geographic,
    Interval,
    Rate,
    Region,
)
from analytics.stats.estimates import Share
from ingest.routing.route import Table
from ingest.routing.series_table import ranged_name, with_reasons

SHARES = ("connect_success", "stability", "drops", "error_rate", "without_connection")
NAMES = {"drops": "drops_per_session_hour"}
HEADER = (
    *("country", "region", "name", "client_count", "average_latency_ms", "connection_success_rate"),
    *("sessions", "reports", "small_sample", "too_few", "latency_n"),
    *(f"latency_{name}_ms{end}" for name in LATENCIES for end in ENDS),
    *(f"{NAMES.get(name, name)}{end}" for name in SHARES for end in (*ENDS, "_n")),
    "country_source",
)


def region_table(report: Geographic) -> Table:
    """The regions, then people of unknown region, and the world."""
    source = escape_formula(report.country_source.credit) if report.country_source else ""
    regions = [*report.regions, *([report.unknown] if report.unknown else []), report.world]
    table = Table(
        name=ranged_name("client-metrics-geographic", report.start, report.end),
        header=HEADER,
        rows=[[*_cells(each), source] for each in regions],
    )
    return with_reasons(table, report.not_counted)


def _cells(region: Region) -> Iterator[Cell]:
    for text in (region.country, region.region, region.name):
        yield text and escape_formula(text)
    yield from (region.client_count, region.average_latency_ms, region.connection_success_rate)
    yield from (region.sessions, region.reports, region.small_sample)
    yield from (" ".join(region.too_few), region.latency_ms.n)
    for name in LATENCIES:
        interval: Interval | None = getattr(region.latency_ms, f"{name}_interval")
        yield getattr(region.latency_ms, name)
        yield from (None, None) if interval is None else (interval.low, interval.high)
    for name in SHARES:
        figure: Share | Rate = getattr(region, name)
        yield from (figure.value, figure.low, figure.high, figure.n)
