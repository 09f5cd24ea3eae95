"""How the values of a series are scaled and formatted, by its unit."""

from collections.abc import Callable
from dataclasses import dataclass

from analytics.query.query import SeriesSource
from analytics.query.series import Aggregation, Series
from dashboard.core.numbers import count, duration_text, figures, percent_text, size_text, with_unit

NOUNS = {
    ("tries",): "attempt",
    ("sent", "received"): "message",
    ("sessions",): "session",
    ("reconnect_attempts",): "reconnection attempt",
}


@dataclass(frozen=True, slots=True)
class Unit:
    """`label` is that of the panel, `factor` scales charted values, `kind` is the column's."""

    label: str
    kind: str
    format_value: Callable[[float], str]
    factor: float = 1
    least_top: float = 1


UNITS = {
    "count": Unit("count", "count", count),
    "number": Unit("mean", "number", figures),
    "share": Unit("%", "share", percent_text, 100, 0.5),
    "ms": Unit("ms", "ms", duration_text),
    "bytes": Unit("MB", "count", size_text, 1e-6, 0.1),
    "bytes/s": Unit("kB/s", "number", lambda value: f"{size_text(value)}/s", 1e-3, 0.1),
}


def unit_of(series: Series) -> Unit:
    """The unit of a series; an unregistered one is formatted with its own name."""
    name = series.unit
    plain = Unit(
        name.removeprefix("count") or name,
        "number",
        lambda value: with_unit(figures(value), name.removeprefix("/")),
        least_top=0.1,
    )
    if name.startswith("/"):
        per = "per minute" if name == "/min" else "per second"
        return Unit(per, "number", lambda value: f"{figures(value)}{name}", least_top=0.1)
    return UNITS.get(name, plain)


def noun_of(series: Series) -> str:
    """What n counts."""
    if series.aggregation is Aggregation.RATIO:
        return NOUNS.get(series.formula.denominator, "trial")
    if series.variant.startswith("p9") or series.aggregation is Aggregation.P50:
        return "duration"
    if series.source is SeriesSource.CLIENT:
        return "value" if series.aggregation is Aggregation.MEAN else "report"
    return "sample"


def meaning_of(series: Series) -> str:
    """What the value over the range is: total, mean, percentile."""
    if series.aggregation is Aggregation.COUNT:
        return "total"
    if series.aggregation is Aggregation.MEAN:
        return "mean"
    return "share" if series.aggregation is Aggregation.RATIO else series.variant
