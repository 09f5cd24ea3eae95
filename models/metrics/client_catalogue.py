"""Every client metric, described once: API, CSV, charts, alerts and documentation follow."""

from models.metrics.connection_metrics import CONNECTION
from models.metrics.metric import Kind, Metric, Worse, count, gauge

_MESSAGES = (
    count("sent", "Sent", "Messages the page sent.", "messages"),
    count("received", "Received", "Messages the page received.", "messages"),
    count("queued", "Queued", "Messages queued while no socket was open.", "messages"),
    count("errors", "Message errors", "Messages that failed.", "messages", worse=Worse.UP),
    count("bytes_sent", "Bytes sent", "Payload bytes sent.", "messages"),
    count("bytes_received", "Bytes received", "Payload bytes received.", "messages"),
    Metric(
        key="latency_ms",
        label="Round trip",
        help="Round trip of a message that a library or server stack replies to at once.",
        kind=Kind.HISTOGRAM,
        unit="ms",
        worse=Worse.UP,
        threshold=200.0,
        fields=("latency.samples_ms", "latency.histogram"),
        columns=("latency_buckets", "latency_counts", "latency_sum_us"),
    ),
    Metric(
        key="reply_ms",
        label="Reply time",
        help="Round trip of a message that the application itself replies to.",
        kind=Kind.HISTOGRAM,
        unit="ms",
        worse=Worse.UP,
        fields=("reply.samples_ms", "reply.histogram"),
        columns=("reply_buckets", "reply_counts", "reply_sum_us"),
        is_judged=True,
    ),
)

_NETWORK = (
    gauge(
        "rtt_ms",
        "Network round trip",
        "Round-trip time as estimated by the browser.",
        "network",
        unit="ms",
        worse=Worse.UP,
    ),
    gauge(
        "downlink_mbps",
        "Downlink",
        "Bandwidth as estimated by the browser.",
        "network",
        unit="Mbit/s",
        worse=Worse.DOWN,
    ),
)

_EXPERIENCE = (
    gauge(
        "page_load_ms", "Page load", "Until the load event ended.", "ux", unit="ms", worse=Worse.UP
    ),
    gauge(
        "lcp_ms",
        "Largest contentful paint",
        "Time until the largest element is painted (LCP).",
        "ux",
        unit="ms",
        worse=Worse.UP,
    ),
    gauge(
        "inp_ms",
        "Interaction to next paint",
        "Delay from an interaction to the next frame (INP).",
        "ux",
        unit="ms",
        worse=Worse.UP,
    ),
    gauge(
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
    count("interactions", "Interactions", "Clicks, taps and key presses.", "ux"),
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

_PROBES = (
    Metric(
        key="certificate_days",
        label="Certificate days left",
        help="Days until the certificate of a probed address ends.",
        kind=Kind.GAUGE,
        unit="days",
        worse=Worse.DOWN,
        threshold=14.0,
        fields=("custom.certificate_days",),
    ),
)

_RATIOS = (
    Metric(
        key="connect_success",
        label="Connect success",
        help="Share of the attempts that opened or failed which opened.",
        kind=Kind.RATIO,
        worse=Worse.DOWN,
        threshold=0.95,
        numerator="opened",
        denominator=("tries",),
    ),
    Metric(
        key="stability",
        label="Stability",
        help="Share of sessions without a drop.",
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

CATALOG: tuple[Metric, ...] = CONNECTION + _MESSAGES + _NETWORK + _EXPERIENCE + _PROBES + _RATIOS
METRICS: dict[str, Metric] = {metric.key: metric for metric in CATALOG}
