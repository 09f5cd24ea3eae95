"""The formula of each metric and aggregation: the sums it needs, its label, unit and noun.

Sums are named after the metrics. Beside the metrics of the catalogues there are two row counts by
which a silent source is noticed: `reports` of browsers and `samples` of servers.
"""

from dataclasses import replace

from analytics.query.formula import Calculation, Formula
from models.metrics.metric import Kind, Metric
from models.metrics.server_catalogue import ServerMetric

from .labels import labelled_sum, metric_of
from .rule import QUANTILES, Aggregation, Rule, Source

CUSTOM = "custom."
WATCHED_MS = "watched_ms"  # total time sessions were observed
JUDGED_MS, JUDGED = "judged_ms", "judged_reports"  # of reports that judge ends by kind
COVERED_MS = "covered_in_step_ms"  # time covered by at least one sample
HOUR_MS, MINUTE_MS = 3_600_000.0, 60_000.0
LEVELS = {"active": "connection_ms", "rooms": "room_ms", "members": "member_ms"}
ROW_COUNTS = {"client": "reports", "server": "samples"}
NOUNS = {
    "attempts": "attempts",
    "tries": "attempts",
    "reconnect_attempts": "reconnection attempts",
    "sent": "messages",
    "latency": "round trips",
    "latency_ms": "round trips",
    "reply_ms": "replies",
    "setup_ms": "handshakes",
    "recovery_ms": "recoveries",
}
AGGREGATION_LABELS: dict[Aggregation, str] = {
    "rate": "rate of",
    "ratio": "share of",
    "p50": "median of",
    "p95": "95th percentile of",
    "p99": "99th percentile of",
    "count": "count of",
    "mean": "mean of",
}


class UnsupportedFormula(ValueError):
    """There is no such metric, or no formula of it for the aggregation. Attributes: `field` and
    `reason`."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


def formula_for(rule: Rule) -> Formula:
    """The formula of a rule; of a count with labels only the sum of the labels it selects.

    Raises `UnsupportedFormula`.
    """
    formula = formula_of(rule.source, rule.metric, rule.aggregation)
    return replace(formula, numerator=tuple(labelled_sum(rule, name) for name in formula.numerator))


def formula_of(source: Source, metric: str, aggregation: Aggregation) -> Formula:
    """The formula of `metric`. Raises `UnsupportedFormula`."""
    if metric == ROW_COUNTS[source]:
        return _row_count(source, aggregation)
    entry = metric_of(source, metric)
    if entry is None:
        raise UnsupportedFormula("metric", f"the {source}'s catalogue has no {metric!r}")
    if aggregation not in aggregations_of(source, metric):
        accepted = ", ".join(aggregations_of(source, metric))
        raise UnsupportedFormula("aggregation", f"{entry.label} can be read as {accepted}")
    if aggregation in QUANTILES:
        return _quantile(entry, aggregation)
    if entry.kind is Kind.RATIO:
        return _ratio(source, entry)
    if entry.kind is Kind.COUNT:
        return _count(source, entry, aggregation)
    return _gauge(source, entry)


def counts_rows(rule: Rule) -> bool:
    """Whether a rule counts the rows of its source, so that a silent source is a count of 0."""
    return rule.metric == ROW_COUNTS[rule.source]


def counts_silence(rule: Rule) -> bool:
    """Whether a rule counts sessions that report no more: a silent source is what it is about."""
    return (rule.source, rule.metric) == ("client", "silent_sessions")


def aggregations_of(source: Source, metric: str) -> tuple[Aggregation, ...]:
    """The aggregations a metric supports; none for an unknown metric."""
    if metric == ROW_COUNTS[source]:
        return ("count",)
    entry = metric_of(source, metric)
    if entry is None:
        return ()
    by_kind: dict[Kind, tuple[Aggregation, ...]] = {
        # Custom values have no histogram.
        Kind.HISTOGRAM: ("mean",) if _custom(entry) else tuple(QUANTILES),
        Kind.RATIO: ("ratio",),
        Kind.COUNT: ("rate", "count"),
        Kind.GAUGE: ("mean",),
    }
    return by_kind[entry.kind]


def _row_count(source: Source, aggregation: Aggregation) -> Formula:
    name = ROW_COUNTS[source]
    if aggregation != "count":
        raise UnsupportedFormula("aggregation", f"{name} are counted")
    rows = ("reports",) if source == "client" else ("process_samples",)
    return Formula(
        calculation=Calculation.COUNT, label=name.capitalize(), noun=name, numerator=rows, n=rows
    )


def _quantile(metric: Metric | ServerMetric, aggregation: Aggregation) -> Formula:
    return Formula(
        calculation=Calculation.QUANTILE, label=metric.label, unit="ms",
        noun=NOUNS.get(metric.key, "durations"),
        durations=metric.key.removesuffix("_ms"),
        quantile=QUANTILES[aggregation],
    )  # fmt: skip


def _ratio(source: Source, metric: Metric | ServerMetric) -> Formula:
    parts = [_sum(source, key) for key in (metric.numerator or "", *metric.denominator)]
    first = metric.denominator[0]
    return Formula(
        calculation=Calculation.SHARE, label=metric.label, noun=NOUNS.get(first, first),
        numerator=(parts[0],), denominator=tuple(parts[1:]), n=tuple(parts[1:]),
    )  # fmt: skip


def _count(source: Source, metric: Metric | ServerMetric, aggregation: Aggregation) -> Formula:
    is_judged = isinstance(metric, Metric) and metric.is_judged
    observed = JUDGED if is_judged else ROW_COUNTS[source]
    is_rate = aggregation == "rate"
    per = "per session-hour" if source == "client" else "per minute"
    return Formula(
        calculation=Calculation.RATE if is_rate else Calculation.COUNT,
        label=metric.label,
        unit=f"{metric.unit} {per}".strip() if is_rate else metric.unit,
        noun=ROW_COUNTS[source],
        numerator=(_sum(source, metric.key),),
        denominator=(JUDGED_MS if is_judged else _exposure(source),) if is_rate else (),
        n=(observed,),
        counted_by=JUDGED if is_judged else "",
        per=HOUR_MS if source == "client" else MINUTE_MS,
    )


def _gauge(source: Source, metric: Metric | ServerMetric) -> Formula:
    if isinstance(metric, Metric) and metric.is_state:
        return Formula(
            calculation=Calculation.MEAN, label=metric.label, noun="session minutes",
            numerator=(metric.key,), denominator=("state_minutes",), n=("heard_sessions",),
        )  # fmt: skip
    name = _custom(metric) or metric.columns[0]
    is_level = source == "server" and not getattr(metric, "is_of_process", False)
    return Formula(
        calculation=Calculation.MEAN,
        label=metric.label,
        unit=metric.unit,
        noun=ROW_COUNTS[source] if is_level else "values",
        numerator=(LEVELS[name] if is_level else name,),
        denominator=(COVERED_MS,) if is_level else (f"{name}_n",),
        n=(ROW_COUNTS[source],) if is_level else (f"{name}_n",),
    )


def _exposure(source: Source) -> str:
    return WATCHED_MS if source == "client" else COVERED_MS


def _custom(metric: Metric | ServerMetric) -> str | None:
    fields = getattr(metric, "fields", ())
    return fields[0] if fields and fields[0].startswith(CUSTOM) else None


def _sum(source: Source, key: str) -> str:
    """The name of a count's sum: the metric's key, or that of the custom field it is read from."""
    entry = metric_of(source, key)
    return (_custom(entry) if entry else None) or key
