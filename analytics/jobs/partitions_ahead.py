"""Makes the partitions of the coming week, so that no insert has to."""

from models.database import partitions
from models.database.partitions import PARTITIONED

from .job import JobContext


def step(around: JobContext) -> str:
    """Make what is missing."""
    days = partitions.days_around(around.now())
    with around.database.transaction() as connection:
        around.lease.confirm(connection)
    made = [
        name for table in PARTITIONED for name in partitions.ensure(around.database, table, days)
    ]
    return f"made {', '.join(made)}" if made else "all there"
