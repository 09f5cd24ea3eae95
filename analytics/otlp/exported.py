"""What is exported of both catalogues: names, units and attributes; pure.

Every metric of the catalogues but ratios, whose parts are exported, and fields that only probes
send. A name is that of the source and the key, without the unit; durations are in seconds. An
attribute has the name of OpenTelemetry's semantic conventions, where they have it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from analytics.query.formula import Formula
from analytics.query.metric_formula import is_custom
from analytics.query.query import SeriesSource
from analytics.query.series import SERIES, SPLITS, Aggregation, Series
from models.metrics.client_catalogue import METRICS
from models.metrics.metric import Kind, Metric
from models.metrics.server_catalogue import SERVER_METRICS, ServerMetric

PREFIX = "wsmon"
SERVICE, INSTANCE, APP = "service.name", "service.instance.id", f"{PREFIX}.app"
ATTRIBUTES = {
    "code": f"{PREFIX}.close_code",
    "closed_by": f"{PREFIX}.closed_by",
    "status": "http.response.status_code",
    "type": f"{PREFIX}.message_type",
    "kind": "error.type",
}
# UCUM, and how many of the catalogue's unit it has.
UNITS = {"ms": ("s", 1000.0), "bytes": ("By", 1.0), "Mbit/s": ("Mbit/s", 1.0), "": ("1", 1.0)}
SUFFIXES = ("_ms", "_mbps", "_bytes")
_kinds = {
    Aggregation.COUNT: Kind.COUNT,
    Aggregation.MEAN: Kind.GAUGE,
    Aggregation.P95: Kind.HISTOGRAM,
}


@dataclass(frozen=True, slots=True)
class ExportedMetric:
    """One metric: a value is that of `formula` by `divisor`. `of_process`: of server processes,
    whatever their apps."""

    source: SeriesSource
    key: str
    kind: Kind
    name: str
    help: str
    unit: str
    divisor: float
    formula: Formula | None = None
    split_by: tuple[str, ...] = ()
    of_process: bool = False

    @property
    def durations(self) -> str:
        """The kind of its histograms, if it has any."""
        return self.formula.durations if self.formula else ""


def name_of(source: SeriesSource, key: str, kind: Kind) -> str:
    """`wsmon.client.latency` of the durations `latency_ms`, `wsmon.client.open_time` of the time
    `open_ms` that is added up."""
    suffix = next((each for each in SUFFIXES if key.endswith(each)), "")
    ending = "_time" if kind is Kind.COUNT and suffix == "_ms" else ""
    return f"{PREFIX}.{source}.{key.removesuffix(suffix)}{ending}"


def attributes_of(label: str, names: tuple[str, ...]) -> Mapping[str, str | int]:
    """`1006/nobody` as attributes, one for each of `names`; empty parts are left out."""
    parts = label.split("/", len(names) - 1)
    return {
        ATTRIBUTES[name]: int(part) if name == "status" and part.isdigit() else part
        for name, part in zip(names, parts, strict=False)
        if part
    }


def _of_series(series: Series) -> ExportedMetric:
    kind, metric = _kinds[series.aggregation], _metric_of(series)
    is_of_process = isinstance(metric, ServerMetric) and metric.is_of_process
    unit, divisor = UNITS["ms" if kind is Kind.HISTOGRAM else _unit(series)]
    return ExportedMetric(
        series.source, series.metric, kind, name_of(series.source, series.metric, kind),
        series.help, unit, divisor, series.formula, metric.split_by if metric else (),
        series.metric == "loop_lag" or is_of_process,
    )  # fmt: skip


def _unit(series: Series) -> str:
    return "" if series.unit in ("count", "number") else series.unit


def _of_split(metric: ServerMetric) -> ExportedMetric:
    """Of a metric that is counted by label alone."""
    name = name_of(SeriesSource.SERVER, metric.key, metric.kind)
    return ExportedMetric(
        SeriesSource.SERVER, metric.key, metric.kind, name, metric.help, *UNITS[metric.unit],
        split_by=metric.split_by,
    )  # fmt: skip


def _metric_of(series: Series) -> Metric | ServerMetric | None:
    """Its metric in the catalogues; there are series of counts beside them."""
    is_client = series.source is SeriesSource.CLIENT
    return METRICS.get(series.metric) if is_client else SERVER_METRICS.get(series.metric)


def _is_exported(series: Series) -> bool:
    metric = _metric_of(series)
    return series.aggregation in _kinds and metric is not None and not is_custom(metric)


EXPORTED = (
    *(_of_series(each) for each in SERIES.values() if _is_exported(each)),
    *(_of_split(SERVER_METRICS[key]) for key in SPLITS),
)  # fmt: skip


def exported(source: SeriesSource) -> tuple[ExportedMetric, ...]:
    """Those of one source, without those of server processes."""
    return tuple(each for each in EXPORTED if each.source is source and not each.of_process)


def of_processes(*keys: str) -> tuple[ExportedMetric, ...]:
    """Metrics of server processes by key."""
    return tuple(each for each in EXPORTED if each.of_process and each.key in keys)
