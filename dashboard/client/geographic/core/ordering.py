"""The order of the table: the worst first, those with too few sessions always at the end; pure."""

from collections.abc import Sequence
from math import inf

from models.metrics.metric import Worse

from .metrics import RegionMetric
from .regions import Region

KEYS = {"sessions": "sessions", "mean": "latency_mean_ms", "success": "connect_success"}


def ordered(regions: Sequence[Region], metric: RegionMetric, sort: str = "") -> list[Region]:
    """The regions by `sort`, a column with `-` descending, empty for the worst first."""
    column, is_descending = sort.removeprefix("-"), sort.startswith("-")
    if not column:
        is_descending = metric.worse is not Worse.DOWN
    by_name = sorted(regions, key=lambda region: region.name)
    if column == "country":
        in_order = by_name[::-1] if is_descending else by_name
    else:
        key = KEYS.get(column, metric.key)
        sign = -1 if is_descending else 1
        in_order = sorted(by_name, key=lambda region: _number(region, key, sign))
    return sorted(in_order, key=lambda region: region.is_small)


def _number(region: Region, key: str, sign: int) -> float:
    """Those without a value come last either way."""
    value = region.value(key)
    return inf if value is None else sign * value
