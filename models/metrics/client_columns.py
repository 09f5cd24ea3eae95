"""The columns that hold what browsers measured, by how they combine; from the catalogue."""

from models.metrics.client_catalogue import CATALOG
from models.metrics.metric import Kind

COUNTS = tuple(
    metric.columns[0]
    for metric in CATALOG
    if metric.kind is Kind.COUNT and metric.columns and not metric.split_by
)
# Null in reports that do not judge ends by kind (`lost` is null), and in cells without any that do.
JUDGED = tuple(
    metric.columns[0]
    for metric in CATALOG
    if metric.kind is Kind.COUNT and metric.is_judged and metric.columns
)
TRIALS = ("attempts", "reconnect_attempts", "sent", "received")  # an interval needs their n
# Trials that cells from before them do not have.
LATER_TRIALS = ("tries", "judged_reports")
# Of cells alone: recoveries within 5 s, and how long pages were monitored.
EXTRA_COUNTS = ("recovered_soon", "watched_ms")
# Of cells alone, null without reports that judge: how many do, how long they monitored, and how
# long of that without a connection.
JUDGED_EXTRA = ("judged_reports", "judged_ms", "without_connection_ms")
CUBE_COUNTS = (*COUNTS, *JUDGED_EXTRA, "tries")  # the sums that cells by all dimensions have
HISTOGRAMS = ("latency", "setup", "recovery", "page_load", "reply")
PACKED = ("latency", "setup", "reply")  # those that reports hold as such
LATER_HISTOGRAMS = frozenset({"reply"})  # null in cells from before, and in those without any
GAUGES = tuple(
    metric.key
    for metric in CATALOG
    if metric.kind is Kind.GAUGE and metric.columns and not metric.fields[0].startswith("custom.")
    if metric.key not in HISTOGRAMS and metric.key != "page_load_ms"
)
# Gauges are rounded to 1/65536, so that their sums do not depend on the order.
GAUGE_PARTS = 65536
# Sums of a session by which it is told whether it alone decides a figure: durations it brings, and
# counts (`messages` are sent and received). Cells store their positions: new ones come last.
OF_SESSIONS = (
    *HISTOGRAMS,
    *("tries", "messages", "drops", "attempts", "failed", "lost", "ended_by_server"),
    *("never_back", "reconnect_attempts", "errors", "ux_errors"),
)
