"""The formulas that a metric of the catalogues has wherever it is computed; pure."""

from dataclasses import replace

from analytics.query.formula import Calculation, Formula
from models.metrics.client_catalogue import METRICS
from models.metrics.metric import Kind, Metric
from models.metrics.server_catalogue import SERVER_METRICS, ServerMetric

CUSTOM = "custom."
JUDGED_REPORTS = "judged_reports"


def sum_of(metric: Metric | ServerMetric) -> str:
    """The name of its sum: its key, or the custom field that browsers report it in."""
    fields = metric.fields if isinstance(metric, Metric) else ()
    return next((field for field in fields if field.startswith(CUSTOM)), metric.key)


def is_custom(metric: Metric | ServerMetric) -> bool:
    """Whether browsers report it in a custom field, of which no histogram is stored."""
    return sum_of(metric).startswith(CUSTOM)


def formula_of(metric: Metric | ServerMetric, rows: str, quantile: float = 0.0) -> Formula:
    """A percentile of durations, a ratio's share, or a count, whose n is the sum `rows`."""
    counted_by = JUDGED_REPORTS if isinstance(metric, Metric) and metric.is_judged else ""
    if quantile:
        return Formula(
            calculation=Calculation.QUANTILE, durations=metric.key.removesuffix("_ms"),
            quantile=quantile, counted_by=counted_by,
        )  # fmt: skip
    if metric.kind is Kind.RATIO:
        trials = tuple(map(_sum_by_key, metric.denominator))
        return Formula(
            calculation=Calculation.SHARE, numerator=(_sum_by_key(metric.numerator or metric.key),),
            denominator=trials, n=trials,
        )  # fmt: skip
    return Formula(
        calculation=Calculation.COUNT, numerator=(sum_of(metric),), n=(counted_by or rows,),
        counted_by=counted_by,
    )  # fmt: skip


def rate_of(count: Formula, exposure: str, per: float) -> Formula:
    """`count` per so many of the sum `exposure`."""
    return replace(count, calculation=Calculation.RATE, denominator=(exposure,), per=per)


def mean_of(part: str, weight: str, n: str) -> Formula:
    """A weighted sum over its weight, with its n."""
    return Formula(calculation=Calculation.MEAN, numerator=(part,), denominator=(weight,), n=(n,))


def _sum_by_key(key: str) -> str:
    metric = METRICS.get(key) or SERVER_METRICS.get(key)
    return sum_of(metric) if metric else key
