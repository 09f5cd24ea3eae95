"""Every client metric, described once: API, CSV, charts, alerts and documentation follow from here.

A count or duration names the `columns` of the store and the `field` of the report it comes from;
a ratio names its parts by key. A custom metric is one more entry whose field is `custom.<key>`.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How values combine: gauges average, counts add up, ratios divide sums, histograms merge."""

    GAUGE = "gauge"
    COUNT = "count"
    RATIO = "ratio"
    HISTOGRAM = "histogram"


class Worse(StrEnum):
    """Which direction is bad."""

    UP = "up"
    DOWN = "down"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One metric. `threshold` is the default alert limit in `unit` (a ratio's is a share);
    `split_by` names the parts of the labels a count is stored by."""

    key: str
    label: str
    help: str
    kind: Kind
    unit: str = ""
    worse: Worse = Worse.NEITHER
    threshold: float | None = None
    split_by: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    numerator: str | None = None
    denominator: tuple[str, ...] = ()


def _count(key: str, label: str, text: str, group: str, *, worse: Worse = Worse.NEITHER) -> Metric:
    return Metric(
        key=key,
        label=label,
        help=text,
        kind=Kind.COUNT,
        unit="bytes" if key.startswith("bytes_") else "ms" if key.endswith("_ms") else "",
        worse=worse,
        fields=(f"{group}.{key}",),
        columns=(key,),
    )


def _gauge(key: str, label: str, text: str, group: str, *, unit: str = "", worse: Worse) -> Metric:
    return Metric(
        key=key,
        label=label,
        help=text,
        kind=Kind.GAUGE,
        unit=unit,
        worse=worse,
        fields=(f"{group}.{key}",),
        columns=(key,),
    )


_CONNECTION = (
    _count("attempts", "Attempts", "Times a page tried to open a socket.", "connection"),
    _count("opened", "Opened", "Attempts that led to an open socket.", "connection"),
    _count("failed", "Failed", "Attempts that never opened.", "connection", worse=Worse.UP),
    _count(
        "drops", "Drops", "Open sockets lost without a clean close.", "connection", worse=Worse.UP
    ),
    _count(
        "reconnect_attempts",
        "Reconnection attempts",
        "Attempts to reconnect after a drop.",
        "connection",
        worse=Worse.UP,
    ),
    _count(
        "reconnect_successes",
        "Reconnections",
        "Reconnection attempts that led to an open socket.",
        "connection",
    ),
    _count("open_ms", "Time open", "Time with an open socket.", "connection"),
    _count(
        "downtime_ms",
        "Downtime",
        "Time without a connection after drops.",
        "connection",
        worse=Worse.UP,
    ),
    Metric(
        key="close_codes",
        label="Close codes",
        help="Closed sockets per code of RFC 6455 section 7.4.",
        kind=Kind.COUNT,
        split_by=("code",),
        fields=("connection.close_codes",),
        columns=("close_codes",),
    ),
    Metric(
        key="abnormal_closes",
        label="Abnormal closes",
        help="Drops, or closes with a code other than 1000, 1001 and 1005, whichever is more.",
        kind=Kind.COUNT,
        worse=Worse.UP,
        columns=("abnormal_closes",),
    ),
    Metric(
        key="recovery_ms",
        label="Recovery time",
        help="From a drop to the next open socket.",
        kind=Kind.HISTOGRAM,
        unit="ms",
        worse=Worse.UP,
        fields=("connection.recovery_ms",),
        columns=("recovery_ms",),
    ),
    _gauge(
        "longest_silence_ms",
        "Longest silence",
        "Longest time an open socket received nothing.",
        "connection",
        unit="ms",
        worse=Worse.UP,
    ),
    Metric(
        key="setup_ms",
        label="Handshake time",
        help="From the attempt to the open socket.",
        kind=Kind.HISTOGRAM,
        unit="ms",
        worse=Worse.UP,
        fields=("setup_ms",),
        columns=("setup_buckets", "setup_counts", "setup_sum_us"),
    ),
)

_MESSAGES = (
    _count("sent", "Sent", "Messages the page sent.", "messages"),
    _count("received", "Received", "Messages the page received.", "messages"),
    _count("queued", "Queued", "Messages queued while no socket was open.", "messages"),
    _count("errors", "Message errors", "Messages that failed.", "messages", worse=Worse.UP),
    _count("bytes_sent", "Bytes sent", "Payload bytes sent.", "messages"),
    _count("bytes_received", "Bytes received", "Payload bytes received.", "messages"),
    Metric(
        key="latency_ms",
        label="Message latency",
        help="Round trip of an application message.",
        kind=Kind.HISTOGRAM,
        unit="ms",
        worse=Worse.UP,
        threshold=200.0,
        fields=("latency.samples_ms", "latency.histogram"),
        columns=("latency_buckets", "latency_counts", "latency_sum_us"),
    ),
)

_NETWORK = (
    _gauge(
        "rtt_ms",
        "Network round trip",
        "Round-trip time as estimated by the browser.",
        "network",
        unit="ms",
        worse=Worse.UP,
    ),
    _gauge(
        "downlink_mbps",
        "Downlink",
        "Bandwidth as estimated by the browser.",
        "network",
        unit="Mbit/s",
        worse=Worse.DOWN,
    ),
)

_EXPERIENCE = (
    _gauge(
        "page_load_ms", "Page load", "Until the load event ended.", "ux", unit="ms", worse=Worse.UP
    ),
    _gauge(
        "lcp_ms",
        "Largest contentful paint",
        "Time until the largest element is painted (LCP).",
        "ux",
        unit="ms",
        worse=Worse.UP,
    ),
    _gauge(
        "inp_ms",
        "Interaction to next paint",
        "Delay from an interaction to the next frame (INP).",
        "ux",
        unit="ms",
        worse=Worse.UP,
    ),
    _gauge(
        "cls", "Cumulative layout shift", "Movement of page content (CLS).", "ux", worse=Worse.UP
    ),
    Metric(
        key="ux_errors",
        label="Page errors",
        help="JavaScript errors on the page.",
        kind=Kind.COUNT,
        worse=Worse.UP,
        fields=("ux.errors",),
        columns=("ux_errors",),
    ),
    _count("interactions", "Interactions", "Clicks, taps and key presses.", "ux"),
    Metric(
        key="lost_reports",
        label="Lost reports",
        help="Reports the monitor had to drop before it could send them.",
        kind=Kind.COUNT,
        worse=Worse.UP,
        fields=("lost_reports",),
        columns=("lost_reports",),
    ),
)

_RATIOS = (
    Metric(
        key="connect_success",
        label="Connect success",
        help="Share of connection attempts that opened.",
        kind=Kind.RATIO,
        worse=Worse.DOWN,
        threshold=0.95,
        numerator="opened",
        denominator=("attempts",),
    ),
    Metric(
        key="stability",
        label="Stability",
        help="Share of sessions without an abnormal close.",
        kind=Kind.RATIO,
        worse=Worse.DOWN,
        numerator="calm_sessions",
        denominator=("sessions",),
    ),
    Metric(
        key="error_rate",
        label="Message error rate",
        help="Failed messages as a share of those sent and received.",
        kind=Kind.RATIO,
        worse=Worse.UP,
        threshold=0.05,
        numerator="errors",
        denominator=("sent", "received"),
    ),
    Metric(
        key="reconnect_success",
        label="Reconnection success",
        help="Share of reconnection attempts that opened.",
        kind=Kind.RATIO,
        worse=Worse.DOWN,
        numerator="reconnect_successes",
        denominator=("reconnect_attempts",),
    ),
)

CATALOG: tuple[Metric, ...] = _CONNECTION + _MESSAGES + _NETWORK + _EXPERIENCE + _RATIOS
METRICS: dict[str, Metric] = {metric.key: metric for metric in CATALOG}
