"""The schedule, as data."""

from . import exports, partitions_ahead, retention
from .job import Job

SCHEDULE = (
    Job("partitions ahead", 3600, partitions_ahead.step),
    Job("retention", 3600, retention.step),
    Job("exports", 5, exports.step),
)
