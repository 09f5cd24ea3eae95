"""Reads and computes `ServerMetrics` from sums and the latest gauges of all workers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from analytics.query import durations
from analytics.query.arrays import Arrays, Floats
from analytics.query.engine import Engine
from analytics.query.fold import instant_of
from analytics.query.formula import quantiles_of, sums_of
from analytics.query.plan import Plan
from analytics.query.query import Query, SeriesSource
from analytics.ranges.timerange import TimeRange
from analytics.reports.charted import Charted
from analytics.reports.server_answers import (
    ByType,
    Connections,
    Performance,
    Room,
    RoomsNow,
    ServerMessages,
    ServerMetrics,
    ServerPoint,
    Source,
)
from analytics.reports.servers import not_counted
from analytics.reports.servers.workers import workers_of
from analytics.stats.estimates import Durations
from analytics.stats.summaries import durations_of, or_none
from models.database.engine import Connection
from models.metrics.server_catalogue import OWN_SERVICE, USER_KEY_BYTES
from models.metrics.server_columns import COUNTERS, DURATIONS, SUMS
from models.queries.live import LiveQueries, is_selected
from models.raw import server_agents
from models.raw.server_agents import ServerAgent

Row = Mapping[str, Any]
Rows = Sequence[Row]
LEVELS = {"active": "connection_ms", "rooms": "room_ms", "members": "member_ms"}
LABELS = ("closed", "rejected", "errors", "sent_by_type", "received_by_type")
POINT_COUNTS = {
    "opened": "opened", "closed": "closes", "abnormal_closes": "abnormal_closes", "sent": "sent",
    "received": "received", "errors": "error_count",
}  # fmt: skip
MOST_TYPES = 200
# What the series needs is read per step, all else over the whole range: from longer cells.
SERIES = (*sums_of((*POINT_COUNTS.values(), *LEVELS.values())), *quantiles_of(("latency",)))
TOTALS = (
    *sums_of(name for name in (*COUNTERS, *SUMS) if name not in POINT_COUNTS.values()),
    *quantiles_of(name for name in (*DURATIONS, "loop_lag") if name != "latency"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveRows:
    """`now` is not filtered by app, so that the figures of each worker are complete."""

    now: Rows
    workers: Rows
    rooms: Rows
    opened_last_minute: int
    agents: Sequence[ServerAgent] = ()


def read(
    connection: Connection, window: TimeRange, filters: Mapping[str, str], zone: str
) -> Charted[ServerMetrics]:
    """The metrics of `window` and of now. `filters`: by app, by service."""
    app, service = filters.get("app"), filters.get("service")
    query = Query(
        source=SeriesSource.SERVER, metrics=SERIES, window=window,
        filters={name: (value,) for name, value in filters.items()}, zone=zone,
    )  # fmt: skip
    engine = Engine(connection)
    plan = engine.plan(query)
    live = LiveQueries(connection, plan.coverage.at, app, service)
    arrays = engine.arrays(plan)
    metrics = server_metrics_of(
        plan, filters, arrays, engine.over_range(plan, arrays, *TOTALS),
        by_label=engine.label_totals(plan, LABELS),
        live=LiveRows(
            now=live.now(),
            workers=[] if service not in (None, OWN_SERVICE) else live.workers(),
            rooms=live.rooms(engine.total_selection(plan)),
            opened_last_minute=live.opened_last_minute(),
            agents=server_agents.since(connection, plan.window.start, app, service),
        ),
    )  # fmt: skip
    return Charted(metrics, {"latency": durations.per_step(plan, arrays, "latency")})


def server_metrics_of(
    plan: Plan,
    filters: Mapping[str, str],
    arrays: Arrays,
    over_range: Arrays,
    *,
    by_label: Mapping[str, Mapping[str, float]],
    live: LiveRows,
) -> ServerMetrics:
    """The metrics, with a point for every step that has samples; `over_range` has `TOTALS`
    too."""
    app = filters.get("app")
    now = [row for row in live.now if is_selected(row["app"], app)]
    total = {name: round(float(series[0, 0])) for name, series in over_range.sums.items()}
    totals = {name: durations_of(each) for name, each in over_range.histograms.items()}
    uncounted = not_counted.nowhere(plan.sources, live.agents)
    return ServerMetrics(
        at=plan.data_as_of,
        start=plan.window.start,
        end=plan.window.end,
        data_as_of=plan.data_as_of,
        resolution=plan.resolution.step.name,
        step_seconds=plan.resolution.step.seconds,
        filters=dict(filters),
        zone=plan.zone,
        latest_sample=latest_sample(arrays),
        workers=workers_of(live.now, live.workers),
        connections=_connections(
            live, now, total, by_label, duration=totals["duration"], uncounted=uncounted
        ),
        messages=_messages(total, by_label),
        rooms=_rooms(live, now, uncounted),
        performance=Performance(
            message_latency_ms=totals["latency"],
            broadcast_ms=totals["broadcast"],
            processing_ms=totals["processing"],
            loop_lag_ms=totals["loop_lag"],
            outbox_bytes=_counted("outbox_bytes", uncounted, _sum(live.now, "outbox_bytes")),
        ),
        sources=[Source(service=service, app=name) for service, name in plan.sources],
        agents=list(live.agents),
        not_counted=not_counted.reasons(live.agents),
        series=_series(arrays),
    )


def _connections(
    live: LiveRows,
    now: Rows,
    total: Mapping[str, int],
    by_label: Mapping[str, Mapping[str, float]],
    *,
    duration: Durations,
    uncounted: frozenset[str],
) -> Connections:
    codes, closers = Counter[str](), Counter[str]()
    for label, count in by_label["closed"].items():
        code, _, closer = label.partition("/")
        codes[code] += int(count)
        closers[closer or "unknown"] += int(count)
    return Connections(
        active=sum(row["active"] for row in now),
        opened=total["opened"],
        closed=dict(codes.most_common()),
        closed_by=dict(closers.most_common()),
        abnormal_closes=total["abnormal_closes"],
        rejected=_integers(by_label["rejected"]),
        rate_per_minute=float(live.opened_last_minute),
        unique_users=_counted("users", uncounted, _sum(now, "anonymous") + len(_users(now))),
        slow_closes=total["slow_closes"],
        stale=_counted("stale", uncounted, total["stale"]),
        duration_ms=duration,
    )


def _sum(rows: Rows, name: str) -> int:
    return sum(row[name] for row in rows)


def _counted(metric: str, uncounted: frozenset[str], value: int) -> int | None:
    return None if metric in uncounted else value


def _users(now: Rows) -> set[tuple[str, bytes]]:
    """Keys of the named users, distinct over all workers."""
    return {
        (row["app"], bytes(row["user_keys"][at : at + USER_KEY_BYTES]))
        for row in now
        for at in range(0, len(row["user_keys"]), USER_KEY_BYTES)
    }


def _messages(
    total: Mapping[str, int], by_label: Mapping[str, Mapping[str, float]]
) -> ServerMessages:
    sent, received = (_integers(by_label[f"{name}_by_type"]) for name in ("sent", "received"))
    types = sorted({*sent, *received}, key=lambda t: (-sent.get(t, 0) - received.get(t, 0), t))
    return ServerMessages(
        sent=total["sent"],
        received=total["received"],
        bytes_sent=total["bytes_sent"],
        bytes_received=total["bytes_received"],
        errors=total["error_count"],
        errors_by_kind=_integers(by_label["errors"]),
        by_type={
            name: ByType(sent=sent.get(name, 0), received=received.get(name, 0))
            for name in types[:MOST_TYPES]
        },
    )


def _rooms(live: LiveRows, now: Rows, uncounted: frozenset[str]) -> RoomsNow:
    return RoomsNow(
        active=_counted("rooms", uncounted, _sum(now, "rooms")),
        members=_counted("rooms", uncounted, _sum(now, "members")),
        top=[
            Room(
                app=row["app"],
                room=row["room"],
                members=int(row["members"]),
                messages=int(row["messages"]),
            )
            for row in live.rooms
        ],
    )


def _integers(amounts: Mapping[str, float]) -> dict[str, int]:
    return {label: int(amount) for label, amount in amounts.items()}


def latest_sample(arrays: Arrays) -> datetime | None:
    """The newest instant of samples of apps."""
    latest_us = arrays.extremes["latest_us"]
    return None if np.isnan(latest_us).all() else instant_of(float(np.nanmax(latest_us)))


def _series(arrays: Arrays) -> list[ServerPoint]:
    steps = [int(step) for step in arrays.observed[0].nonzero()[0]]
    latency, sums = arrays.histograms["latency"], arrays.sums
    counts = {
        name: [int(n) for n in sums[column][0].tolist()] for name, column in POINT_COUNTS.items()
    }
    levels = {name: _means(sums[column], sums["covered_ms"]) for name, column in LEVELS.items()}
    p50, p95, p99 = (or_none(each[0]) for each in latency.quantiles_ms(0.5, 0.95, 0.99))
    return [
        ServerPoint(
            t=arrays.grid.edges[step],
            n=int(latency.n[0, step]),
            **{name: series[step] for name, series in counts.items()},
            active=levels["active"][step],
            rooms=levels["rooms"][step],
            members=levels["members"][step],
            p50=p50[step],
            p95=p95[step],
            p99=p99[step],
        )
        for step in steps
    ]


def _means(level_ms: Floats, covered_ms: Floats) -> list[float]:
    """The mean over the time that the samples of each step cover."""
    pairs = zip(level_ms[0].tolist(), covered_ms[0].tolist(), strict=True)
    return [round(level / covered, 2) if covered else 0.0 for level, covered in pairs]
