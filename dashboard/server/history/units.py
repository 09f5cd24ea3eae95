"""How the values of a series are drawn, written and tabled, by its unit."""

from collections.abc import Callable
from dataclasses import dataclass

from analytics.query.series import Aggregation, Series, Source
from dashboard.core.numbers import count, duration_text, figures, percent_text, size_text, with_unit

NOUNS = {
    ("attempts",): "attempt",
    ("sent", "received"): "message",
    ("sessions",): "session",
    ("reconnect_attempts",): "reconnection attempt",
}


@dataclass(frozen=True, slots=True)
class Unit:
    """`words` stand in the head, `factor` scales what is drawn, `kind` is that of a column."""

    words: str
    kind: str
    written: Callable[[float], str]
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
    """The unit; one that is not known is written as it is called."""
    called = series.unit
    plain = Unit(
        called.removeprefix("count") or called,
        "number",
        lambda value: with_unit(figures(value), called.removeprefix("/")),
        least_top=0.1,
    )
    if called.startswith("/"):
        per = "per minute" if called == "/min" else "per second"
        return Unit(per, "number", lambda value: f"{figures(value)}{called}", least_top=0.1)
    return UNITS.get(called, plain)


def noun_of(series: Series) -> str:
    """What n counts."""
    if series.aggregation is Aggregation.RATIO:
        return NOUNS.get(series.whole, "trial")
    if series.variant.startswith("p9") or series.aggregation is Aggregation.P50:
        return "duration"
    if series.source is Source.CLIENT:
        return "value" if series.aggregation is Aggregation.MEAN else "report"
    return "sample"


def meaning_of(series: Series) -> str:
    """What the figure over the range is."""
    if series.aggregation is Aggregation.COUNT:
        return "total"
    if series.aggregation is Aggregation.MEAN:
        return "mean"
    return "of all" if series.aggregation is Aggregation.RATIO else series.variant
