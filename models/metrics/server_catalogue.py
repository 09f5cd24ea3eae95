"""Every server metric, described once: Prometheus, charts, alerts and documentation follow.

`columns` are those of `server_samples`; `exposed` is the name in Prometheus without its prefix, in
base units, and `split_by` the parts of the labels of its total: in the store a label is one text
with slashes between its parts.
"""

from dataclasses import dataclass

from models.metrics.metric import Kind, Worse

OWN_SERVICE = "websocket-analytics"  # the name under which our own workers report
USER_KEY_BYTES = 8  # of a keyed hash of a user's name


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerMetric:
    """One metric. `threshold` is the default alert limit in `unit` (a ratio's is a share)."""

    key: str
    label: str
    help: str
    kind: Kind
    unit: str = ""
    worse: Worse = Worse.NEITHER
    threshold: float | None = None
    columns: tuple[str, ...] = ()
    numerator: str | None = None
    denominator: tuple[str, ...] = ()
    exposed: str = ""
    split_by: tuple[str, ...] = ()
    is_of_process: bool = False


def _count(
    key: str, label: str, text: str, exposed: str, *split_by: str, worse: Worse = Worse.NEITHER
) -> ServerMetric:
    return ServerMetric(
        key=key,
        label=label,
        help=text,
        kind=Kind.COUNT,
        unit="bytes" if key.startswith("bytes_") else "",
        worse=worse,
        columns=("by_type" if key.endswith("_by_type") else key,),
        exposed=exposed,
        split_by=split_by,
    )


def _gauge(
    key: str, label: str, text: str, exposed: str, *, unit: str = "", process: bool = False
) -> ServerMetric:
    return ServerMetric(
        key=key,
        label=label,
        help=text,
        kind=Kind.GAUGE,
        unit=unit,
        columns=(key,),
        exposed=exposed,
        is_of_process=process,
    )


def _histogram(
    key: str, label: str, text: str, exposed: str, *, threshold: float | None = None
) -> ServerMetric:
    return ServerMetric(
        key=key,
        label=label,
        help=text,
        kind=Kind.HISTOGRAM,
        unit="ms",
        worse=Worse.NEITHER if key == "duration" else Worse.UP,
        threshold=threshold,
        columns=(key, f"{key}_sum_us"),
        exposed=exposed,
    )


SERVER_CATALOG = (
    _gauge("active", "Connections", "Connections open now.", "connections_active"),
    _gauge("rooms", "Rooms", "Rooms with members now.", "rooms_active"),
    _gauge("members", "Members", "Members of rooms now.", "room_members"),
    _count("opened", "Opened", "Connections opened.", "connections_opened"),
    _count(
        "closed",
        "Closed",
        "Connections closed, by close code and by who closed first: client, server, proxy, nobody.",
        "connections_closed",
        "code",
        "closed_by",
    ),
    _count(
        "rejected",
        "Rejected handshakes",
        "Handshakes rejected, by HTTP status.",
        "handshakes_rejected",
        "status",
        worse=Worse.UP,
    ),
    _count("sent", "Sent", "Messages sent to clients.", "messages_sent"),
    _count("received", "Received", "Messages received from clients.", "messages_received"),
    _count("bytes_sent", "Bytes sent", "Payload bytes sent.", "message_sent_bytes"),
    _count("bytes_received", "Bytes received", "Payload bytes received.", "message_received_bytes"),
    _count(
        "sent_by_type",
        "Sent by type",
        "Messages sent, by type.",
        "messages_sent_by_type",
        "type",
    ),
    _count(
        "received_by_type",
        "Received by type",
        "Messages received, by type.",
        "messages_received_by_type",
        "type",
    ),
    _count("errors", "Errors", "Errors, by kind.", "errors", "kind", worse=Worse.UP),
    _count(
        "slow_closes",
        "Slow-reader closes",
        "Connections closed because the client read too slowly (1013).",
        "slow_reader_closes",
        worse=Worse.UP,
    ),
    _count(
        "stale",
        "Unanswered pings",
        "Half-open connections, found within 2.5 ping intervals of their last byte.",
        "stale_connections",
        worse=Worse.UP,
    ),
    _histogram(
        "latency",
        "Ping round trip",
        "From the server's ping to the peer's pong.",
        "message_latency_seconds",
        threshold=200.0,
    ),
    _histogram(
        "broadcast",
        "Broadcast time",
        "Time to send one message to all members of its room on a worker.",
        "broadcast_seconds",
    ),
    _histogram(
        "processing", "Processing time", "Time to handle one request.", "processing_seconds"
    ),
    _histogram(
        "duration", "Connection duration", "Lifetime of connections.", "connection_duration_seconds"
    ),
    _histogram(
        "loop_lag",
        "Event-loop lag",
        "How much later than scheduled the event loop wakes.",
        "event_loop_lag_seconds",
    ),
    _gauge(
        "memory_bytes",
        "Memory",
        "Resident memory of the workers.",
        "worker_memory_bytes",
        unit="bytes",
        process=True,
    ),
    _gauge(
        "descriptors",
        "Open files",
        "Open file descriptors of the workers: files and sockets.",
        "worker_open_descriptors",
        process=True,
    ),
    _gauge(
        "outbox_bytes",
        "Queued bytes",
        "Bytes queued for slow readers.",
        "outbox_bytes",
        unit="bytes",
        process=True,
    ),
    ServerMetric(
        key="message_error_rate",
        label="Message error rate",
        help="Errors per message sent or received.",
        kind=Kind.RATIO,
        worse=Worse.UP,
        threshold=0.05,
        numerator="errors",
        denominator=("sent", "received"),
    ),
)
SERVER_METRICS = {metric.key: metric for metric in SERVER_CATALOG}
