"""The schedule, as data."""

from . import delivery, first_recipient, partitions_ahead, retention, weekly_digest
from .job import Job

SCHEDULE = (
    Job("partitions ahead", 3600, partitions_ahead.step),
    Job("retention", 3600, retention.step),
    Job("first recipient", 3600, first_recipient.step),
    Job("delivery", 5, delivery.step),
    Job("weekly digest", 900, weekly_digest.step),
)
