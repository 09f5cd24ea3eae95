"""Computes `ServerMetrics` from sums and the latest gauges of all workers; pure."""

from collections import Counter
from collections.abc import Iterable, Mapping

from analytics.query.server_rows import Row, Rows, ServerQueryRows
from analytics.ranges.steps import Step
from analytics.ranges.timerange import TimeRange
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
    Worker,
)
from analytics.stats.estimates import Durations
from analytics.stats.merging import StepHistograms, percentiles_ms, step_histograms
from analytics.stats.summaries import durations_of
from models.metrics.server_catalogue import OWN_SERVICE, USER_KEY_BYTES
from models.metrics.server_columns import DURATIONS


def server_metrics_of(
    window: TimeRange, filters: Mapping[str, str], step: Step, query_rows: ServerQueryRows
) -> ServerMetrics:
    """The metrics, with a point for every step that has samples."""
    app = filters.get("app")
    now = [row for row in query_rows.now if row["app"] is not None and app in (None, row["app"])]
    total = Counter[str]()
    for row in query_rows.sums:
        total.update({name: int(row[name]) for name in _TOTALS})
    durations = {name: step_histograms(query_rows.sums, name) for name in DURATIONS}
    return ServerMetrics(
        at=query_rows.data_as_of,
        start=window.start,
        end=window.end,
        data_as_of=query_rows.data_as_of,
        resolution=step.name,
        step_seconds=step.seconds,
        filters=dict(filters),
        latest_sample=max((row["latest"] for row in query_rows.sums), default=None),
        workers=_workers(query_rows),
        connections=_connections(query_rows, now, total, durations_of(durations["duration"])),
        messages=_messages(query_rows, total),
        rooms=_rooms(query_rows, now),
        performance=Performance(
            message_latency_ms=durations_of(durations["latency"]),
            broadcast_ms=durations_of(durations["broadcast"]),
            processing_ms=durations_of(durations["processing"]),
            loop_lag_ms=durations_of(step_histograms(query_rows.process, "loop_lag")),
            outbox_bytes=_outbox_bytes(query_rows.now),
        ),
        sources=[Source(service=row["service"], app=row["app"]) for row in query_rows.services],
        series=_series(query_rows.sums, durations["latency"]),
    )


_TOTALS = (
    *("opened", "closes", "abnormal_closes", "slow_closes", "stale"),
    *("sent", "received", "bytes_sent", "bytes_received", "error_count"),
)


def _connections(
    query_rows: ServerQueryRows, now: Rows, total: Row, duration: Durations
) -> Connections:
    codes, closers = Counter[str](), Counter[str]()
    for row in query_rows.closed:
        code, _, closer = row["label"].partition("/")
        codes[code] += int(row["count"])
        closers[closer or "unknown"] += int(row["count"])
    return Connections(
        active=sum(row["active"] for row in now),
        opened=total["opened"],
        closed=dict(codes.most_common()),
        closed_by=dict(closers.most_common()),
        abnormal_closes=total["abnormal_closes"],
        rejected=_counts_by_label(query_rows.rejected),
        rate_per_minute=float(query_rows.opened_last_minute),
        unique_users=sum(row["anonymous"] for row in now) + len(_users(now)),
        slow_closes=total["slow_closes"],
        stale=total["stale"],
        duration_ms=duration,
    )


def _users(now: Rows) -> set[tuple[str, bytes]]:
    """Keys of the named users, distinct over all workers."""
    return {
        (row["app"], bytes(row["user_keys"][at : at + USER_KEY_BYTES]))
        for row in now
        for at in range(0, len(row["user_keys"]), USER_KEY_BYTES)
    }


def _messages(query_rows: ServerQueryRows, total: Row) -> ServerMessages:
    return ServerMessages(
        sent=total["sent"],
        received=total["received"],
        bytes_sent=total["bytes_sent"],
        bytes_received=total["bytes_received"],
        errors=total["error_count"],
        errors_by_kind=_counts_by_label(query_rows.errors),
        by_type={
            row["kind"]: ByType(sent=int(row["sent"]), received=int(row["received"]))
            for row in query_rows.kinds
        },
    )


def _rooms(query_rows: ServerQueryRows, now: Rows) -> RoomsNow:
    return RoomsNow(
        active=sum(row["rooms"] for row in now),
        members=sum(row["members"] for row in now),
        top=[
            Room(
                app=row["app"],
                room=row["room"],
                members=int(row["members"]),
                messages=int(row["messages"]),
            )
            for row in query_rows.rooms
        ],
    )


def _workers(query_rows: ServerQueryRows) -> list[Worker]:
    """Own workers by heartbeat, then those of other services by their last sample."""
    latest: dict[tuple[str, str], list[Row]] = {}
    for row in query_rows.now:
        latest.setdefault((row["service"], row["instance"]), []).append(row)
    ours = [
        _worker(OWN_SERVICE, row["instance"], latest.pop((OWN_SERVICE, row["instance"]), []), row)
        for row in query_rows.workers
    ]
    return ours + [_worker(*name, rows, None) for name, rows in sorted(latest.items())]


def _worker(service: str, instance: str, rows: Rows, heartbeat_row: Row | None) -> Worker:
    seconds = max((_period_seconds(row) for row in rows), default=0.0)
    messages = sum(row["sent"] + row["received"] for row in rows)
    cpu = _largest(row["cpu_ms"] for row in rows)
    lag = step_histograms(rows, "loop_lag").total
    return Worker(
        id=instance,
        service=service,
        node=heartbeat_row["node"] if heartbeat_row else instance.partition(":")[0],
        heartbeat=heartbeat_row["heartbeat_at"]
        if heartbeat_row
        else max(row["period_end"] for row in rows),
        started=heartbeat_row["started_at"] if heartbeat_row else None,
        active=sum(row["active"] for row in rows),
        messages_per_second=round(messages / seconds, 2) if seconds else 0.0,
        outbox_bytes=sum(row["outbox_bytes"] for row in rows),
        loop_lag_ms=percentiles_ms(lag[None, :], 0.95)[0],
        cpu=round(cpu / 1000 / seconds, 4) if cpu is not None and seconds else None,
        memory_bytes=_largest(row["memory_bytes"] for row in rows),
        descriptors=_largest(row["descriptors"] for row in rows),
    )


def _period_seconds(row: Row) -> float:
    length: float = (row["period_end"] - row["period_start"]).total_seconds()
    return length


def _outbox_bytes(now: Rows) -> int:
    return sum(row["outbox_bytes"] for row in now)


def _largest(values: Iterable[int | None]) -> int | None:
    """The largest value present: all apps of one process report the same."""
    return max((value for value in values if value is not None), default=None)


def _counts_by_label(rows: Rows) -> dict[str, int]:
    return {row["label"]: int(row["count"]) for row in rows}


def _series(sums: Rows, latency: StepHistograms) -> list[ServerPoint]:
    p50, p95, p99 = (percentiles_ms(latency.counts, share) for share in (0.5, 0.95, 0.99))
    return [
        ServerPoint(
            t=row["t"],
            active=_mean(row, "connection_seconds"),
            opened=int(row["opened"]),
            closed=int(row["closes"]),
            abnormal_closes=int(row["abnormal_closes"]),
            sent=int(row["sent"]),
            received=int(row["received"]),
            errors=int(row["error_count"]),
            rooms=_mean(row, "room_seconds"),
            members=_mean(row, "member_seconds"),
            n=int(latency.n[index]),
            p50=p50[index],
            p95=p95[index],
            p99=p99[index],
        )
        for index, row in enumerate(sums)
    ]


def _mean(row: Row, name: str) -> float:
    """The mean over the time the samples of a step cover."""
    covered = float(row["covered_seconds"])
    return round(float(row[name]) / covered, 2) if covered else 0.0
