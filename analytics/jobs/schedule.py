"""The schedule, as data."""

from . import client_rollup, exports, partitions_ahead, retention, server_rollup
from .job import Job

SCHEDULE = (
    Job("rollup of reports", 10, client_rollup.step),
    Job("rollup of samples", 10, server_rollup.step),
    Job("partitions ahead", 3600, partitions_ahead.step),
    Job("retention", 3600, retention.step),
    Job("exports", 5, exports.step),
)
