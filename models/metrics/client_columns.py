"""The columns that hold what browsers measured, by how they combine; from the catalogue."""

from models.metrics.client_catalogue import CATALOG, Kind

COUNTS = tuple(
    metric.columns[0]
    for metric in CATALOG
    if metric.kind is Kind.COUNT and metric.columns and metric.key != "close_codes"
)
TRIALS = ("attempts", "reconnect_attempts", "sent", "received")  # an interval needs their n
# Of cells alone: recoveries within 5 s, and how long pages were monitored.
EXTRA_COUNTS = ("recovered_soon", "watched_ms")
HISTOGRAMS = ("latency", "setup", "recovery", "page_load")
GAUGES = tuple(
    metric.key
    for metric in CATALOG
    if metric.kind is Kind.GAUGE and not metric.fields[0].startswith("custom.")
    if metric.key not in HISTOGRAMS and metric.key != "page_load_ms"
)
# Gauges are rounded to 1/65536, so that their sums do not depend on the order.
GAUGE_PARTS = 65536
