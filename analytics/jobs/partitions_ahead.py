"""Creates the partitions of the coming week, so that no insert has to."""

from models.database import partitions
from models.database.partitions import PARTITIONED

from .job import JobContext


def step(context: JobContext) -> str:
    """Create the missing ones."""
    days = partitions.writable_days(context.now())
    with context.database.transaction() as connection:
        context.lease.confirm(connection)
    created = [
        name for table in PARTITIONED for name in partitions.ensure(context.database, table, days)
    ]
    return f"created {', '.join(created)}" if created else "all partitions exist"
