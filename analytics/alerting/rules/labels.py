"""What a rule can be filtered and split by: the dimensions of its source, and the labels by which
a count is kept apart, see `split_by` of the catalogues.
"""

from collections.abc import Mapping

from models.metrics.client_catalogue import (
    DIMENSIONS,
    LABEL_DIMENSIONS,
    METRICS,
    SERVER_DIMENSIONS,
    Metric,
)
from models.metrics.server_catalogue import SERVER_METRICS, ServerMetric

from .rule import Rule, Source

Labels = Mapping[str, str]  # a label set: name and value
SEPARATOR = "\x1f"  # control characters are refused in filters


def metric_of(source: Source, key: str) -> Metric | ServerMetric | None:
    """A metric of the catalogues."""
    return METRICS.get(key) if source == "client" else SERVER_METRICS.get(key)


def labels_of(source: Source, metric: str) -> tuple[str, ...]:
    """The names of the parts of a metric's labels, in their order."""
    found = metric_of(source, metric)
    return found.split_by if found else ()


def dimensions_of(source: Source, metric: str) -> dict[str, str]:
    """All that a rule on the metric can be filtered and split by: key and name."""
    shared = DIMENSIONS if source == "client" else SERVER_DIMENSIONS
    return shared | {name: LABEL_DIMENSIONS[name] for name in labels_of(source, metric)}


def common(rule: Rule, values: Mapping[str, str]) -> dict[str, str]:
    """Those values of dimensions that all metrics of the rule's source have, and its pages."""
    labels = labels_of(rule.source, rule.metric)
    return {name: value for name, value in values.items() if name not in labels}


def some_of(rule: Rule, sum_name: str) -> str:
    """The sum of those labels that a rule is about. It is called as the whole sum, and after that
    the value of each part of a label, nothing for any: `closed`, `1006`, ``."""
    labels = labels_of(rule.source, rule.metric)
    if not {*labels} & {*rule.dimensions}:
        return sum_name
    return SEPARATOR.join((sum_name, *(rule.filters.get(label, "") for label in labels)))
