"""What a rule can be filtered and split by: the dimensions of its source, and the labels of a
count, see `split_by` of the catalogues.
"""

from collections.abc import Mapping

from models.metrics.client_catalogue import METRICS
from models.metrics.dimensions import DIMENSIONS, LABEL_DIMENSIONS, SEPARATOR, SERVER_DIMENSIONS
from models.metrics.metric import Metric
from models.metrics.server_catalogue import SERVER_METRICS, ServerMetric

from .rule import Rule, Source

Labels = Mapping[str, str]  # a label set: name and value


def metric_of(source: Source, key: str) -> Metric | ServerMetric | None:
    """A metric of the catalogues, `None` for an unknown key."""
    return METRICS.get(key) if source == "client" else SERVER_METRICS.get(key)


def labels_of(source: Source, metric: str) -> tuple[str, ...]:
    """The names of the parts of a metric's labels, in their order."""
    entry = metric_of(source, metric)
    return entry.split_by if entry else ()


def dimensions_of(source: Source, metric: str) -> dict[str, str]:
    """Keys and names of all dimensions a rule on the metric can be filtered and split by."""
    shared = DIMENSIONS if source == "client" else SERVER_DIMENSIONS
    return shared | {name: LABEL_DIMENSIONS[name] for name in labels_of(source, metric)}


def source_filters(rule: Rule, values: Mapping[str, str]) -> dict[str, str]:
    """`values` without the labels of the metric: dimensions every metric of the source has, which
    the pages filter by."""
    labels = labels_of(rule.source, rule.metric)
    return {name: value for name, value in values.items() if name not in labels}


def labelled_sum(rule: Rule, sum_name: str) -> str:
    """The name of the sum of the labels a rule selects: the sum's name and the value of each part
    of the label, empty for any, joined by `SEPARATOR`: `closed`, `1006`, ``."""
    labels = labels_of(rule.source, rule.metric)
    if not {*labels} & {*rule.dimensions}:
        return sum_name
    return SEPARATOR.join((sum_name, *(rule.filters.get(label, "") for label in labels)))
