"""How each metric of the catalogues is read by an aggregation: which sums it needs, and its words.

Sums are named after the metrics. Beside the catalogues stand two figures of the sources themselves,
by which silence is seen: `reports` of browsers and `samples` of servers.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from models.metrics.client_catalogue import Kind, Metric
from models.metrics.server_catalogue import ServerMetric

from .labels import metric_of, some_of
from .rule import QUANTILES, Aggregation, Rule, Source

CUSTOM = "custom."
SESSIONS = "sessions"
WATCHED_MS = "watched_ms"  # how long sessions were watched, all together
COVERED_MS = "covered_ms"  # how much of the time somebody sampled at all
OBSERVED = {"client": "reports", "server": "samples"}
NOUNS = {
    "attempts": "attempts",
    "reconnect_attempts": "reconnection attempts",
    "sent": "messages",
    "latency": "round trips",
    "latency_ms": "round trips",
    "setup_ms": "handshakes",
    "recovery_ms": "recoveries",
}
WORDS: dict[Aggregation, str] = {
    "rate": "rate of",
    "ratio": "share of",
    "p50": "median of",
    "p95": "95th percentile of",
    "p99": "99th percentile of",
    "count": "count of",
    "mean": "mean of",
}


class How(StrEnum):
    """How the sums of a window become one value."""

    SHARE = "share"  # numerator / denominator, judged by its interval
    PER_HOUR = "per hour"  # of all sessions together
    PER_MINUTE = "per minute"
    COUNT = "count"
    MEAN = "mean"  # sum / number of values, or of a gauge of many workers value x ms / ms
    QUANTILE = "quantile"


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """What to add up. `parts` and `whole` are columns of sums; `durations` one of histograms.

    `n_of` are the columns whose unweighted sum is n.
    """

    how: How
    label: str
    unit: str
    noun: str
    parts: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    n_of: tuple[str, ...] = ()
    durations: str | None = None
    share: float = 0.0
    is_of_source: bool = False

    @property
    def is_of_sessions(self) -> bool:
        """Whether sessions are counted: they do not add up over steps as reports do."""
        return SESSIONS in self.whole

    @property
    def sums(self) -> frozenset[str]:
        """The columns of sums this needs."""
        return frozenset((*self.parts, *self.whole, *self.n_of))


class NotReadable(ValueError):
    """A metric cannot be read that way. Attributes: `field` and `reason`."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


def reading_for(rule: Rule) -> Formula:
    """How a rule reads its metric: of a count kept apart by labels only those it is about.

    Raises `NotReadable`.
    """
    reading = reading_of(rule.source, rule.metric, rule.aggregation)
    return replace(reading, parts=tuple(some_of(rule, name) for name in reading.parts))


def reading_of(source: Source, metric: str, aggregation: Aggregation) -> Formula:
    """How to read `metric`. Raises `NotReadable`."""
    if metric == OBSERVED[source]:
        return _of_source(source, aggregation)
    found = metric_of(source, metric)
    if found is None:
        raise NotReadable("metric", f"the {source}'s catalogue has no {metric!r}")
    if aggregation not in aggregations_of(source, metric):
        accepted = ", ".join(aggregations_of(source, metric))
        raise NotReadable("aggregation", f"{found.label} can be read as {accepted}")
    if aggregation in QUANTILES:
        return _quantile(found, aggregation)
    if found.kind is Kind.RATIO:
        return _ratio(source, found)
    if found.kind is Kind.COUNT:
        return _amount(source, found, aggregation)
    return _gauge(source, found)


def aggregations_of(source: Source, metric: str) -> tuple[Aggregation, ...]:
    """The ways in which a metric can be read; none for one that is not known."""
    if metric == OBSERVED[source]:
        return ("count",)
    found = metric_of(source, metric)
    if found is None:
        return ()
    ways: dict[Kind, tuple[Aggregation, ...]] = {
        # Of custom values no histogram is kept.
        Kind.HISTOGRAM: ("mean",) if _custom(found) else tuple(QUANTILES),
        Kind.RATIO: ("ratio",),
        Kind.COUNT: ("rate", "count"),
        Kind.GAUGE: ("mean",),
    }
    return ways[found.kind]


def _of_source(source: Source, aggregation: Aggregation) -> Formula:
    name = OBSERVED[source]
    if aggregation != "count":
        raise NotReadable("aggregation", f"{name} are counted")
    return Formula(
        how=How.COUNT, label=name.capitalize(), unit="", noun=name, parts=(name,), n_of=(name,),
        is_of_source=True,
    )  # fmt: skip


def _quantile(metric: Metric | ServerMetric, aggregation: Aggregation) -> Formula:
    return Formula(
        how=How.QUANTILE, label=metric.label, unit="ms", noun=NOUNS.get(metric.key, "durations"),
        durations=metric.key.removesuffix("_ms") if metric.key != "recovery_ms" else metric.key,
        share=QUANTILES[aggregation],
    )  # fmt: skip


def _ratio(source: Source, metric: Metric | ServerMetric) -> Formula:
    parts = [_sum(source, key) for key in (metric.numerator or "", *metric.denominator)]
    first = metric.denominator[0]
    return Formula(
        how=How.SHARE, label=metric.label, unit="", noun=NOUNS.get(first, first),
        parts=(parts[0],), whole=tuple(parts[1:]), n_of=tuple(parts[1:]),
    )  # fmt: skip


def _amount(source: Source, metric: Metric | ServerMetric, aggregation: Aggregation) -> Formula:
    observed = OBSERVED[source]
    is_rate = aggregation == "rate"
    per = "per session-hour" if source == "client" else "per minute"
    return Formula(
        how=(How.PER_HOUR if source == "client" else How.PER_MINUTE) if is_rate else How.COUNT,
        label=metric.label,
        unit=f"{metric.unit} {per}".strip() if is_rate else metric.unit,
        noun=observed,
        parts=(_sum(source, metric.key),),
        whole=(_exposure(source),) if is_rate else (),
        n_of=(observed,),
    )


def _gauge(source: Source, metric: Metric | ServerMetric) -> Formula:
    name = _custom(metric) or metric.columns[0]
    is_level = source == "server" and not getattr(metric, "is_of_process", False)
    return Formula(
        how=How.MEAN,
        label=metric.label,
        unit=metric.unit,
        noun=OBSERVED[source] if is_level else "values",
        parts=(f"{name}_x_ms" if is_level else name,),
        whole=(COVERED_MS,) if is_level else (f"{name}_n",),
        n_of=(OBSERVED[source],) if is_level else (f"{name}_n",),
    )


def _exposure(source: Source) -> str:
    return WATCHED_MS if source == "client" else COVERED_MS


def _custom(metric: Metric | ServerMetric) -> str | None:
    fields = getattr(metric, "fields", ())
    return fields[0] if fields and fields[0].startswith(CUSTOM) else None


def _sum(source: Source, key: str) -> str:
    """The sum of a count, which is called as its metric is unless browsers name it themselves."""
    found = metric_of(source, key)
    return (_custom(found) if found else None) or key
