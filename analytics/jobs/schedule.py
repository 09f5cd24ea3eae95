"""The schedule, as data."""

from collections.abc import Callable

from . import (
    alerts,
    anomaly_rounds,
    configuration,
    delivery,
    explanations,
    exports,
    otlp,
    probe,
    retention,
    rollups,
    weekly_digest,
)
from .job import Job, JobContext
from .timetable import TIMETABLE

STEPS: dict[str, Callable[[JobContext], str]] = {
    "rollup of reports": rollups.reports,
    "rollup of samples": rollups.samples,
    "places of rollups": rollups.places,
    "partitions ahead": retention.partitions_ahead,
    "retention": retention.step,
    "exports": exports.step,
    "alerts": alerts.step,
    "alert history": retention.alerts,
    "first recipient": delivery.first_recipient,
    "configuration": configuration.step,
    "probe": probe.step,
    "OTLP export": otlp.step,
    "delivery": delivery.step,
    "weekly digest": weekly_digest.step,
    "series of anomalies": anomaly_rounds.places,
    "bands of anomalies": anomaly_rounds.fits,
    "anomalies": anomaly_rounds.newest,
    "explanations of anomalies": explanations.step,
    "session summaries": rollups.sessions,
    "segments of sessions": rollups.segments,
    "ends of connections": rollups.ends,
}
AT_START = ("configuration",)
SCHEDULE = tuple(
    Job(name, every_seconds, STEPS[name], at_start=name in AT_START)
    for name, every_seconds in TIMETABLE
)
