"""The columns that hold what servers measured, by how they combine."""

COUNTERS = (
    *("opened", "sent", "received", "bytes_sent", "bytes_received"),
    *("slow_closes", "stale"),
)
SUMS = ("closes", "abnormal_closes", "error_count")
GAUGES = ("active", "anonymous", "outbox_bytes", "rooms", "members")
BY_LABEL = ("closed", "rejected", "errors")
DURATIONS = ("latency", "broadcast", "processing", "duration")
HISTOGRAMS = (*DURATIONS, "loop_lag")
PROCESS = ("cpu_ms", "memory_bytes", "descriptors")
# Of cells alone: `*_us` of a gauge is its integral over time, `sampled_us` the time covered.
TIME_INTEGRALS = ("connection_us", "room_us", "member_us", "sampled_us")
COUNTS = (*COUNTERS, *SUMS, *TIME_INTEGRALS)
WORKER_COUNTS = ("samples", "sampled_us", "cpu_ms", "cpu_us", "active_us", "messages")
PEAKS = ("memory_bytes", "descriptors")
