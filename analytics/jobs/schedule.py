"""The schedule, as data."""

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
from .job import Job

SCHEDULE = (
    Job("rollup of reports", 10, rollups.reports),
    Job("rollup of samples", 10, rollups.samples),
    Job("places of rollups", 3600, rollups.places),
    Job("partitions ahead", 3600, partitions_ahead.step),
    Job("retention", 3600, retention.step),
    Job("exports", 5, exports.step),
    Job("alerts", 15, alerts.step),
    Job("alert history", 3600, alert_history.step),
    Job("first recipient", 3600, first_recipient.step),
    Job("configuration", 600, configuration.step),
    Job("delivery", 5, delivery.step),
    Job("weekly digest", 900, weekly_digest.step),
)
