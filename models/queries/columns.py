"""The sums that can be read of each family: the aggregate over raw rows, and over cells.

A sum is named after its column. Sums of cells are weighted by 1/sample_rate already; `n` of a sum
is not weighted. Counts by label are sums over all labels, or, with a label's parts between unit
separators (empty for any), over those alone: `closed`, `1006`, `` is `1006/peer` and `1006/server`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from models.metrics.client_columns import COUNTS, CUBE_COUNTS, GAUGE_PARTS, GAUGES, TRIALS
from models.metrics.server_columns import COUNTERS, PROCESS, SUMS
from models.metrics.server_columns import DURATIONS as SERVER_DURATIONS
from models.rollups.report_aggregates import (
    IS_JUDGED,
    LARGEST_GAUGE,
    TRIES,
    UNCONNECTED_MS,
    WATCHED_MS,
)
from models.rollups.session_states import STATE_AGGREGATES

from . import labels
from .selection import Family

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
_SESSIONS = {
    "sessions": Sum("count(*)", "sum(started)"),
    "calm_sessions": Sum("count(*) FILTER (WHERE abnormal_closes = 0)", "sum(started - abnormal)"),
}
_STATE_COLUMNS = {
    "heard_sessions": "heard", "without_connection": "without_connection",
    "silent_sessions": "silent",
}  # fmt: skip
# Without an entry: as `_CLIENT`.
_SUMS: Mapping[str, Mapping[str, Sum]] = {
    "cube": {name: _CLIENT[name] for name in CUBE_COUNTS},
    "server": _SERVER,
    "worker": _WORKER,
    "sessions": _SESSIONS,
    "last_reports": {name: Sum(f"sum({name})") for name in _SESSIONS},
    "active": {"active_sessions": Sum("count(*)")},
    "states": {
        name: Sum(STATE_AGGREGATES[column], f"sum({column})")
        for name, column in _STATE_COLUMNS.items()
    },
}  # fmt: skip
_CLIENT_DURATIONS = {
    "latency": Durations("latency"),
    "setup": Durations("setup"),
    "recovery": Durations("recovery", "array_to_string(recovery_ms, ',')"),
    "page_load": Durations("page_load", "CAST(page_load_ms AS text)"),
    "reply": Durations("reply"),
}
_DURATIONS = {
    "server": {name: Durations(name) for name in SERVER_DURATIONS},
    "worker": {"loop_lag": Durations("loop_lag")},
}
# The first and last instant of the rows of a group, and the largest of each peak.
_OF_CLIENT = {"latest_us": (_micros("max", "period_end"), _micros("max", "latest"))}
_EXTREMES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    **dict.fromkeys(("client", "pair", "cube"), _OF_CLIENT),
    "server": {
        "first_us": (_micros("min", "period_start"), _micros("min", "first_start")),
        "latest_us": (_micros("max", "period_end"), _micros("max", "latest")),
    },
    "worker": {f"peak_{name}": (f"max({name})",) * 2 for name in ("memory_bytes", "descriptors")},
}


def sum_of(family: Family, name: str, prefix: str) -> Sum:
    """The sum `name`; names of bound values begin with `prefix`. Raises `LookupError`."""
    sums = _SUMS.get(family.name, _CLIENT)
    if name in sums:
        return sums[name]
    if family.name in _SUMS and family.name not in ("server", "worker"):
        raise LookupError(f"{name!r} is not counted in {family.name}")
    if family.source == "client" and (gauge := _gauge(name)) is not None:
        return gauge
    total, values = labels.total(family.source, name, prefix)
    return Sum(total, total, values=values)


def durations_of(family: Family, name: str) -> Durations:
    """The histograms `name`. Raises `LookupError`."""
    return _DURATIONS.get(family.name, _CLIENT_DURATIONS)[name]


def extremes_of(family: Family) -> Mapping[str, tuple[str, str]]:
    """Minima and maxima: (of raw rows, of cells), by name."""
    return _EXTREMES.get(family.name, {})


def in_cells(family: Family, sums: Sequence[str]) -> bool:
    """Whether cells of the family hold all of these. Raises `LookupError` for an unknown sum."""
    return all(sum_of(family, name, "s").cells for name in sums)


def has_n(family: Family, name: str) -> bool:
    """Whether cells hold the unweighted n of a sum. Raises `LookupError` for an unknown sum."""
    return bool(sum_of(family, name, "s").n)


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
