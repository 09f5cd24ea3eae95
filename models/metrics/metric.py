"""What a metric of browsers is: its key, kind, unit and source.

A count or duration names the `columns` of the store and the `field` of the report it comes from;
a ratio names its parts by key. A custom metric is one more entry whose field is `custom.<key>`.
"""

from dataclasses import dataclass, replace
from enum import StrEnum


class Kind(StrEnum):
    """How values combine: gauges average, counts add up, ratios divide sums, histograms merge."""

    GAUGE = "gauge"
    COUNT = "count"
    RATIO = "ratio"
    HISTOGRAM = "histogram"


class Worse(StrEnum):
    """Which direction is bad."""

    UP = "up"
    DOWN = "down"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One metric. `threshold` is the default alert limit in `unit` (a ratio's is a share);
    `split_by` names the parts of the labels a count is stored by; `adds` are the counts it is the
    sum of. `is_judged`: only reports that judge each end by its kind count it, those of the browser
    monitor 2.0 and later. `is_state`: a number of sessions at a moment, not of reports."""

    key: str
    label: str
    help: str
    kind: Kind
    unit: str = ""
    worse: Worse = Worse.NEITHER
    threshold: float | None = None
    split_by: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    numerator: str | None = None
    denominator: tuple[str, ...] = ()
    adds: tuple[str, ...] = ()
    is_judged: bool = False
    is_state: bool = False


def count(key: str, label: str, text: str, group: str, *, worse: Worse = Worse.NEITHER) -> Metric:
    """A count of the field and column `key`."""
    return Metric(
        key=key,
        label=label,
        help=text,
        kind=Kind.COUNT,
        unit="bytes" if key.startswith("bytes_") else "ms" if key.endswith("_ms") else "",
        worse=worse,
        fields=(f"{group}.{key}",),
        columns=(key,),
    )


def judged(key: str, label: str, text: str, *, worse: Worse = Worse.NEITHER) -> Metric:
    """A count of connections that only reports count which judge ends by their kind."""
    return replace(count(key, label, text, "connection", worse=worse), is_judged=True)


def gauge(key: str, label: str, text: str, group: str, *, unit: str = "", worse: Worse) -> Metric:
    """A gauge of the field and column `key`."""
    return Metric(
        key=key,
        label=label,
        help=text,
        kind=Kind.GAUGE,
        unit=unit,
        worse=worse,
        fields=(f"{group}.{key}",),
        columns=(key,),
    )
