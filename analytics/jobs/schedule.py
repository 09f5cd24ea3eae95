"""The schedule, as data."""

from collections.abc import Callable

from . import (
    alert_history,
    alerts,
    configuration,
    delivery,
    exports,
    first_recipient,
    partitions_ahead,
    retention,
    rollups,
    weekly_digest,
)
from .anomalies import explanations, rounds
from .job import Job, JobContext
from .timetable import TIMETABLE

STEPS: dict[str, Callable[[JobContext], str]] = {
    "rollup of reports": rollups.reports,
    "rollup of samples": rollups.samples,
    "places of rollups": rollups.places,
    "partitions ahead": partitions_ahead.step,
    "retention": retention.step,
    "exports": exports.step,
    "alerts": alerts.step,
    "alert history": alert_history.step,
    "first recipient": first_recipient.step,
    "configuration": configuration.step,
    "delivery": delivery.step,
    "weekly digest": weekly_digest.step,
    "series of anomalies": rounds.places,
    "bands of anomalies": rounds.fits,
    "anomalies": rounds.newest,
    "explanations of anomalies": explanations.step,
}
SCHEDULE = tuple(Job(name, every_seconds, STEPS[name]) for name, every_seconds in TIMETABLE)
