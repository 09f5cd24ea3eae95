"""The sums that can be read of each family: the aggregate over raw rows, and over cells.

A sum is named after its column. Sums of cells are weighted by 1/sample_rate already; `n` of a sum
is not weighted. Counts by label are sums over all labels, or, with a label's parts between unit
separators (empty for any), over those alone: `closed`, `1006`, `` is `1006/peer` and `1006/server`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from models.metrics.client_columns import COUNTS, GAUGE_PARTS, GAUGES, JUDGED_EXTRA, TRIALS
from models.metrics.server_columns import COUNTERS, PROCESS, SUMS
from models.metrics.server_columns import DURATIONS as SERVER_DURATIONS
from models.rollups.report_aggregates import (
    IS_JUDGED,
    LARGEST_GAUGE,
    TRIES,
    UNCONNECTED_MS,
    WATCHED_MS,
)

from . import labels
from .selection import CUBE, Family

_US = "CAST(extract(epoch FROM period_end - period_start) * 1000000 AS bigint)"
_custom = re.compile(r"custom\.([a-z0-9_]{1,48}?)(_n)?")


@dataclass(frozen=True, slots=True)
class Sum:
    """Aggregates over `raw` rows and `cells` ('': not in cells), and that of n in cells ('': as
    the sum itself). `values` are bound."""

    raw: str
    cells: str = ""
    n: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Durations:
    """A column of packed histograms; `raw_list`: the integers in ms it is made of in raw rows."""

    column: str
    raw_list: str = ""


def _micros(aggregate: str, column: str) -> str:
    return f"CAST(extract(epoch FROM {aggregate}({column})) * 1000000 AS bigint)"


def _plain(*names: str) -> dict[str, Sum]:
    return {name: Sum(f"sum({name})", f"sum({name})") for name in names}


_CLIENT = {
    **_plain(*COUNTS),
    **{name: Sum(f"sum({name})", f"sum({name})", f"sum({name}_n)") for name in TRIALS},
    "recovered_soon": Sum(
        "sum((SELECT count(*) FROM unnest(recovery_ms) AS ms WHERE ms <= 5000))",
        "sum(recovered_soon)",
    ),
    "watched_ms": Sum(f"sum({WATCHED_MS})", "sum(watched_ms)"),
    # Cells from before `tries_n`: under the old rule every attempt opened or failed.
    "tries": Sum(f"sum({TRIES})", f"sum({TRIES})", "sum(coalesce(tries_n, attempts_n))"),
    "judged_reports": Sum("count(lost)", "sum(judged_reports)", "sum(judged_reports_n)"),
    "without_connection_ms": Sum(f"sum({UNCONNECTED_MS})", "sum(without_connection_ms)"),
    "judged_ms": Sum(f"sum({WATCHED_MS}) FILTER (WHERE {IS_JUDGED})", "sum(judged_ms)"),
}
_IN_CUBE = frozenset((*COUNTS, *JUDGED_EXTRA, "tries"))
_SERVER = {
    **_plain(*COUNTERS, *SUMS),
    "errors": Sum("sum(error_count)", "sum(error_count)"),
    "closed": Sum("sum(closes)", "sum(closes)"),
    "sampled_us": Sum(f"sum({_US})", "sum(sampled_us)"),
    "connection_us": Sum(f"sum(active * {_US})", "sum(connection_us)"),
    "room_us": Sum(f"sum(rooms * {_US})", "sum(room_us)"),
    "member_us": Sum(f"sum(members * {_US})", "sum(member_us)"),
}
_QUEUED = "FILTER (WHERE app IS NULL OR outbox_bytes > 0)"
_AVERAGED = (*PROCESS, "outbox_bytes")  # of each sample, in raw rows only
_WORKER = {
    **{name: Sum(f"sum({name})") for name in _AVERAGED},
    **{f"{name}_n": Sum(f"count({name})") for name in _AVERAGED},
    "sampled_us": Sum(f"sum({_US})", "sum(sampled_us)"),
    "cpu_ms": Sum("sum(cpu_ms)", "sum(cpu_ms)"),
    "cpu_us": Sum(f"sum({_US}) FILTER (WHERE cpu_ms IS NOT NULL)", "sum(cpu_us)"),
    "outbox_byte_us": Sum(f"sum(outbox_bytes * {_US}) {_QUEUED}"),
    "outbox_us": Sum(
        f"CAST(extract(epoch FROM max(period_end) {_QUEUED} - min(period_start) {_QUEUED}) "
        "* 1000000 AS bigint)"
    ),
    "outbox_samples": Sum(f"count(*) {_QUEUED}"),
}
_SUMS = {"client": _CLIENT, "server": _SERVER, "worker": _WORKER}
_CLIENT_DURATIONS = {
    "latency": Durations("latency"),
    "setup": Durations("setup"),
    "recovery": Durations("recovery", "array_to_string(recovery_ms, ',')"),
    "page_load": Durations("page_load", "CAST(page_load_ms AS text)"),
    "reply": Durations("reply"),
}
_DURATIONS = {
    "client": _CLIENT_DURATIONS,
    "server": {name: Durations(name) for name in SERVER_DURATIONS},
    "worker": {"loop_lag": Durations("loop_lag")},
}
# The first and last instant of the rows of a group, and the largest of each peak.
_EXTREMES = {
    "client": {"latest_us": (_micros("max", "period_end"), _micros("max", "latest"))},
    "server": {
        "first_us": (_micros("min", "period_start"), _micros("min", "first_start")),
        "latest_us": (_micros("max", "period_end"), _micros("max", "latest")),
    },
    "worker": {f"peak_{name}": (f"max({name})",) * 2 for name in ("memory_bytes", "descriptors")},
}


def sum_of(family: Family, name: str, prefix: str) -> Sum:
    """The sum `name`; names of bound values begin with `prefix`. Raises `LookupError`."""
    if family is CUBE:
        return _in_cube(name)
    rows = "client" if family.source == "client" else family.name
    if name in _SUMS[rows]:
        return _SUMS[rows][name]
    if rows == "client" and (gauge := _gauge(name)) is not None:
        return gauge
    return _labelled("client" if rows == "client" else "server", name, prefix)


def durations_of(family: Family, name: str) -> Durations:
    """The histograms `name`. Raises `LookupError`."""
    return _DURATIONS["client" if family.source == "client" else family.name][name]


def extremes_of(family: Family) -> Mapping[str, tuple[str, str]]:
    """Minima and maxima that are read with every sum: (of raw rows, of cells), by name."""
    return _EXTREMES["client" if family.source == "client" else family.name]


def in_cells(family: Family, sums: Sequence[str], durations: Sequence[str]) -> bool:
    """Whether cells of the family hold all of these. Raises `LookupError` for an unknown sum."""
    if family is CUBE:
        return not durations and all(name in _IN_CUBE for name in sums)
    return all(sum_of(family, name, "s").cells for name in sums)


def has_n(family: Family, name: str) -> bool:
    """Whether cells hold the unweighted n of a sum. Raises `LookupError` for an unknown sum."""
    return bool(sum_of(family, name, "s").n)


def _in_cube(name: str) -> Sum:
    if name not in _IN_CUBE:
        raise LookupError(f"{name!r} is not counted by all dimensions at once")
    return _CLIENT[name]


def _gauge(name: str) -> Sum | None:
    """The weighted sum of a gauge or custom value in raw rows and cells; `<name>_n` counts them."""
    custom = _custom.fullmatch(name)
    key, is_n = (custom[1], custom[2]) if custom else (name.removesuffix("_n"), name.endswith("_n"))
    if not custom and key not in GAUGES:
        return None
    column = f"custom ->> '{key}'" if custom else key
    value = f"CAST({column} AS double precision)"
    measure = "sum(CAST(measures -> '{0}' ->> {1} AS double precision))"
    if is_n:
        return Sum(f"count({value})", measure.format(key, 1), measure.format(key, 0))
    # Rounded as in cells, so that both give the same sum; greatest() and least() skip nulls.
    bounded = f"greatest(least({value}, {LARGEST_GAUGE}), -{LARGEST_GAUGE})"
    parts = f"sum(round({bounded} * {GAUGE_PARTS})) FILTER (WHERE {value} IS NOT NULL)"
    return Sum(f"{parts} / {GAUGE_PARTS}", measure.format(key, 2))


def _labelled(source: str, name: str, prefix: str) -> Sum:
    total, values = labels.total(source, name, prefix)
    return Sum(total, total, values=values)
