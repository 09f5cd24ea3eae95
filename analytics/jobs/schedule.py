"""The schedule, as data."""

from . import alert_history, alerts, partitions_ahead, retention
from .job import Job

SCHEDULE = (
    Job("partitions ahead", 3600, partitions_ahead.step),
    Job("retention", 3600, retention.step),
    Job("alerts", 15, alerts.step),
    Job("alert history", 3600, alert_history.step),
)
