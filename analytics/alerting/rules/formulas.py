"""The formula of each metric and aggregation: the sums it needs, its label, unit and noun.

Sums are named after the metrics. Beside the metrics of the catalogues there are two row counts by
which a silent source is noticed: `reports` of browsers and `samples` of servers.
"""

from dataclasses import replace

from analytics.query import metric_formula
from analytics.query.formula import Calculation, Formula
from analytics.query.metric_formula import is_custom, mean_of, rate_of, sum_of
from models.metrics.metric import Kind, Metric
from models.metrics.server_catalogue import ServerMetric

from .labels import labelled_sum, metric_of
from .rule import ANOMALIES, QUANTILES, Aggregation, Rule, Source

WATCHED_MS = "watched_ms"  # total time sessions were observed
JUDGED_MS = "judged_ms"  # of reports that judge ends by kind
SESSION_MINUTES = "session minutes"
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
    "anomaly": "deviation of",
}
WIDTHS = "widths of the usual range"
RELATIVE, POINTS = "%", "pt"  # of what is compared with a baseline: 0.2 is 20 %, or 20 points


class UnsupportedFormula(ValueError):
    """There is no such metric, or no formula of it for the aggregation. Attributes: `field` and
    `reason`."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


def formula_for(rule: Rule) -> Formula:
    """The formula of a rule; of a count with labels only the sum of the labels it selects. The
    unit is that of its thresholds.

    Raises `UnsupportedFormula`.
    """
    formula = formula_of(rule.source, rule.metric, rule.aggregation)
    if rule.baseline is not None:
        formula = replace(formula, unit=compared_unit(formula))
    return replace(formula, numerator=tuple(labelled_sum(rule, name) for name in formula.numerator))


def formula_of(source: Source, metric: str, aggregation: Aggregation) -> Formula:
    """The formula of `metric`. Raises `UnsupportedFormula`."""
    if aggregation == "anomaly":
        return _anomaly(source, metric)
    if metric == ROW_COUNTS[source]:
        return _row_count(source, aggregation)
    entry = metric_of(source, metric)
    if entry is None:
        raise UnsupportedFormula("metric", f"the {source}'s catalogue has no {metric!r}")
    if aggregation not in aggregations_of(source, metric):
        accepted = ", ".join(aggregations_of(source, metric))
        raise UnsupportedFormula("aggregation", f"{entry.label} can be read as {accepted}")
    if aggregation in QUANTILES:
        formula = metric_formula.formula_of(entry, "", QUANTILES[aggregation])
        unit, noun = "ms", NOUNS.get(entry.key, "durations")
    elif entry.kind is Kind.RATIO:
        formula = metric_formula.formula_of(entry, "")
        unit, noun = "", NOUNS.get(entry.denominator[0], entry.denominator[0])
    elif entry.kind is Kind.COUNT:
        formula, noun = _count(source, entry, aggregation), ROW_COUNTS[source]
        per = "per session-hour" if source == "client" else "per minute"
        unit = f"{entry.unit} {per}".strip() if aggregation == "rate" else entry.unit
    else:
        formula, noun = _gauge(source, entry)
        unit = "" if noun == SESSION_MINUTES else entry.unit
    return replace(formula, label=entry.label, unit=unit, noun=noun)


def compared_unit(formula: Formula) -> str:
    """The unit of the distance from a baseline."""
    return POINTS if formula.calculation is Calculation.SHARE else RELATIVE


def counts_rows(rule: Rule) -> bool:
    """Whether a rule counts the rows of its source, so that a silent source is a count of 0."""
    return rule.metric == ROW_COUNTS[rule.source]


def counts_silence(rule: Rule) -> bool:
    """Whether a rule counts sessions that report no more: a silent source is what it is about."""
    return (rule.source, rule.metric) == ("client", "silent_sessions")


def aggregations_of(source: Source, metric: str) -> tuple[Aggregation, ...]:
    """The aggregations by which a metric is measured; none for an unknown metric."""
    if metric == ROW_COUNTS[source]:
        return ("count",)
    entry = metric_of(source, metric)
    if entry is None:
        return ()
    by_kind: dict[Kind, tuple[Aggregation, ...]] = {
        # Custom values have no histogram.
        Kind.HISTOGRAM: ("mean",) if is_custom(entry) else tuple(QUANTILES),
        Kind.RATIO: ("ratio",),
        Kind.COUNT: ("rate", "count"),
        Kind.GAUGE: ("mean",),
    }
    return by_kind[entry.kind]


def _anomaly(source: Source, metric: str) -> Formula:
    """Nothing is computed: the detector has judged it."""
    entry = metric_of(source, metric)
    if entry is None and metric not in (ANOMALIES, ROW_COUNTS[source]):
        raise UnsupportedFormula("metric", f"the {source}'s catalogue has no {metric!r}")
    label = entry.label if entry is not None else "Anomaly"
    return Formula(calculation=Calculation.MEAN, label=label, unit=WIDTHS, noun="steps")


def rule_aggregations_of(source: Source, metric: str) -> tuple[Aggregation, ...]:
    """What a rule on a metric can be about: its aggregations, and its anomalies."""
    return (*aggregations_of(source, metric), "anomaly")


def _row_count(source: Source, aggregation: Aggregation) -> Formula:
    name = ROW_COUNTS[source]
    if aggregation != "count":
        raise UnsupportedFormula("aggregation", f"{name} are counted")
    rows = ("reports",) if source == "client" else ("process_samples",)
    return Formula(
        calculation=Calculation.COUNT, label=name.capitalize(), noun=name, numerator=rows, n=rows
    )


def _count(source: Source, metric: Metric | ServerMetric, aggregation: Aggregation) -> Formula:
    """A rate is per hour that sessions were observed, or per minute with samples."""
    count = metric_formula.formula_of(metric, ROW_COUNTS[source])
    if aggregation == "count":
        return count
    if source == "server":
        return rate_of(count, COVERED_MS, MINUTE_MS)
    return rate_of(count, JUDGED_MS if count.counted_by else WATCHED_MS, HOUR_MS)


def _gauge(source: Source, metric: Metric | ServerMetric) -> tuple[Formula, str]:
    """The mean and the noun of its n."""
    if isinstance(metric, Metric) and metric.is_state:
        return mean_of(metric.key, "state_minutes", "heard_sessions"), SESSION_MINUTES
    name = sum_of(metric)
    if source == "server" and not getattr(metric, "is_of_process", False):
        return mean_of(LEVELS[name], COVERED_MS, ROW_COUNTS[source]), ROW_COUNTS[source]
    return mean_of(name, f"{name}_n", f"{name}_n"), "values"
