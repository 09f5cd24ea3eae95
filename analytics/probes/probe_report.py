"""A probe as a report like those of browsers, marked as automated; pure.

Its series are those of browsers under the app `probe`, by target under `page`: `connect_success` is
up or down, `latency_ms` the round trip, `setup_ms` the handshake, `certificate_days` what is left.
"""

from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from models.metrics.dimensions import PROBE_APP
from models.metrics.histogram import bucket_counts
from models.raw.client_reports import ClientReport

from .attempt import Attempt
from .targets import Target

CERTIFICATE_DAYS = "certificate_days"


def probe_report(
    target: Target, attempt: Attempt, started_at: datetime, ended_at: datetime
) -> ClientReport:
    """The report of one attempt; a session is a target and day. What opened and brought no reply
    counts as failed: nobody could use it."""
    session = uuid5(NAMESPACE_URL, f"{target.name} {target.url} {started_at.date()}")
    trips = bucket_counts([attempt.round_trip] if attempt.round_trip is not None else [])
    setup = bucket_counts([attempt.handshake] if attempt.handshake is not None else [])
    days = attempt.certificate_days
    return ClientReport(
        session_id=session, report_id=uuid5(session, started_at.isoformat()),
        period_start=started_at, period_end=ended_at, received_at=ended_at,
        app=PROBE_APP, automated=PROBE_APP, page=target.name, endpoint=target.path[:256],
        attempts=1, opened=int(attempt.is_up), failed=int(not attempt.is_up),
        sent=int(attempt.handshake is not None), received=int(attempt.is_up),
        errors=int(attempt.handshake is not None and not attempt.is_up),
        latency_buckets=tuple(trips), latency_counts=tuple(trips.values()),
        latency_sum_us=round((attempt.round_trip or 0.0) * 1000),
        setup_buckets=tuple(setup), setup_counts=tuple(setup.values()),
        setup_sum_us=round((attempt.handshake or 0.0) * 1000),
        custom={} if days is None else {CERTIFICATE_DAYS: round(days, 2)},
    )  # fmt: skip
