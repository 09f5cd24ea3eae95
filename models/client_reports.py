"""What browsers reported: one row per report, in daily partitions by `period_end`."""

from datetime import datetime
from uuid import UUID

import msgspec


class ClientReport(msgspec.Struct, kw_only=True, frozen=True):
    """One validated report as stored. Counts are of the period and unweighted.

    `*_buckets` and `*_counts` are parallel: a sparse shared histogram (see analytics.histogram);
    `*_sum_us` is the sum of its durations in microseconds. `None` means not reported.
    """

    session_id: UUID
    report_id: UUID
    period_start: datetime
    period_end: datetime
    received_at: datetime
    app: str = "default"
    release: str | None = None
    page: str | None = None
    endpoint: str | None = None
    sdk_version: str | None = None
    country: str | None = None
    region: str | None = None
    browser: str | None = None
    os: str | None = None
    sample_rate: float = 1.0
    attempts: int = 0
    opened: int = 0
    failed: int = 0
    drops: int = 0
    reconnect_attempts: int = 0
    reconnect_successes: int = 0
    open_ms: int = 0
    downtime_ms: int = 0
    close_codes: dict[str, int] = {}
    abnormal_closes: int = 0
    recovery_ms: tuple[int, ...] = ()
    longest_silence_ms: int | None = None
    sent: int = 0
    received: int = 0
    queued: int = 0
    errors: int = 0
    bytes_sent: int = 0
    bytes_received: int = 0
    latency_buckets: tuple[int, ...] = ()
    latency_counts: tuple[int, ...] = ()
    latency_sum_us: int = 0
    setup_buckets: tuple[int, ...] = ()
    setup_counts: tuple[int, ...] = ()
    setup_sum_us: int = 0
    network_type: str | None = None
    effective_type: str | None = None
    rtt_ms: int | None = None
    downlink_mbps: float | None = None
    page_load_ms: int | None = None
    lcp_ms: int | None = None
    inp_ms: int | None = None
    cls: float | None = None
    ux_errors: int = 0
    interactions: int = 0
    custom: dict[str, float] = {}
    lost_reports: int = 0
