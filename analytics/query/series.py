"""Every series that can be charted, described once: what follows from the two catalogues.

Names are those of the API: what servers measured stands bare (`active_connections`, `opened`,
`latency_p95_ms`), what browsers reported begins with `client_` (`client_drops`,
`client_latency_p95_ms`). A metric of the catalogue gets its series with no other change.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from models.metrics.client_catalogue import CATALOG, Kind, Metric, Worse
from models.metrics.server_catalogue import SERVER_CATALOG, ServerMetric


class Source(StrEnum):
    """Who measured it."""

    SERVER = "server"
    CLIENT = "client"


class Aggregation(StrEnum):
    """What one value of a step is. A mean of a gauge is weighted by time on servers."""

    COUNT = "count"
    PER_MINUTE = "per minute"
    PER_SECOND = "per second"
    RATIO = "ratio"
    MEAN = "mean"
    P50 = "p50"
    P95 = "p95"
    P99 = "p99"


PERCENTILES = {Aggregation.P50: 0.5, Aggregation.P95: 0.95, Aggregation.P99: 0.99}
RATE_SECONDS = {Aggregation.PER_MINUTE: 60, Aggregation.PER_SECOND: 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One series. `part` names the sums it is made of (a ratio: its numerator).

    `unit` is never empty: `count` adds up over a step, `number` is a level, `share` is from 0 to 1.
    `threshold` is the default alert limit in `unit`.
    """

    name: str
    label: str
    help: str
    unit: str
    source: Source
    metric: str
    aggregation: Aggregation
    part: str
    whole: tuple[str, ...] = ()
    worse: Worse = Worse.NEITHER
    threshold: float | None = None

    @property
    def variant(self) -> str:
        """What tells it from the other series of its metric: `p95`, `per minute`, or nothing."""
        return "" if self.aggregation in _PLAIN else self.aggregation.value

    @property
    def title(self) -> str:
        """`Round trip p95`."""
        return f"{self.label} {self.variant}".strip()


_PLAIN = (Aggregation.COUNT, Aggregation.RATIO, Aggregation.MEAN)
_A_SECOND = frozenset({"sent", "received", "bytes_sent", "bytes_received"})
_NAMED = {"active": "active_connections", "rooms": "active_rooms", "members": "room_members"}

# Counts that stand beside the catalogues: how many told, and closes worth a line of their own.
REPORTS = Metric(
    key="reports", label="Reports", help="Reports that browsers sent.", kind=Kind.COUNT
)
SESSIONS = Metric(
    key="sessions", label="Sessions", help="Sessions that reported, each once.", kind=Kind.COUNT
)
ABNORMAL = ServerMetric(
    key="abnormal_closes",
    label="Abnormal closes",
    help="Connections closed with another code than 1000, 1001 and 1005.",
    kind=Kind.COUNT,
    worse=Worse.UP,
)
# The same messages kept apart by a label: their sum is the series at the right.
SPLITS = {"sent_by_type": "sent", "received_by_type": "received"}


def series_of(
    client: Iterable[Metric] = CATALOG, server: Iterable[ServerMetric] = SERVER_CATALOG
) -> dict[str, Series]:
    """The registry of two catalogues, by name, in their order."""
    found = [
        *(made for metric in (*server, ABNORMAL) for made in _of(Source.SERVER, metric)),
        *(made for metric in (*client, REPORTS, SESSIONS) for made in _of(Source.CLIENT, metric)),
    ]
    return {series.name: series for series in found}


def _of(source: Source, metric: Metric | ServerMetric) -> Iterator[Series]:
    if metric.key in SPLITS and source is Source.SERVER:
        return
    if metric.kind is Kind.HISTOGRAM and not custom_name(metric):
        for aggregation in PERCENTILES:
            yield _percentile(source, metric, aggregation)
    elif metric.kind is Kind.RATIO:
        yield _made(source, metric, Aggregation.RATIO, "share")
    elif metric.kind in (Kind.GAUGE, Kind.HISTOGRAM):  # of custom values no histogram is kept
        yield _made(source, metric, Aggregation.MEAN, metric.unit or "number")
    else:
        yield _made(source, metric, Aggregation.COUNT, metric.unit or "count")
        if metric.unit != "ms" and metric is not SESSIONS:
            yield _rate(source, metric)


def custom_name(metric: Metric | ServerMetric) -> str:
    """The name under which browsers report a custom metric, empty for the others."""
    fields = metric.fields if isinstance(metric, Metric) else ()
    found = next((field for field in fields if field.startswith("custom.")), "")
    return found.removeprefix("custom.")


def _rate(source: Source, metric: Metric | ServerMetric) -> Series:
    is_fast = metric.key in _A_SECOND
    rate = Aggregation.PER_SECOND if is_fast else Aggregation.PER_MINUTE
    unit = f"{metric.unit}/{'s' if is_fast else 'min'}"
    return _made(source, metric, rate, unit, ending="_" + rate.value.replace(" ", "_"))


def _percentile(source: Source, metric: Metric | ServerMetric, share: Aggregation) -> Series:
    base = metric.key.removesuffix("_ms")
    name = f"{base}_{share.value}_ms"
    return _made(source, metric, share, metric.unit or "ms", name=name)


def _made(
    source: Source,
    metric: Metric | ServerMetric,
    aggregation: Aggregation,
    unit: str,
    *,
    name: str = "",
    ending: str = "",
) -> Series:
    is_client = source is Source.CLIENT
    plain = name or (metric.key if is_client else _NAMED.get(metric.key, metric.key)) + ending
    has_limit = aggregation in (Aggregation.P95, Aggregation.RATIO, Aggregation.MEAN)
    return Series(
        name=f"client_{plain}" if is_client else plain,
        label=metric.label,
        help=metric.help,
        unit=unit,
        source=source,
        metric=metric.key,
        aggregation=aggregation,
        part=metric.numerator or metric.key,
        whole=metric.denominator,
        worse=metric.worse,
        threshold=metric.threshold if has_limit else None,
    )


SERIES = series_of()
