"""Where connections of load tests are: by worker, from the samples after an instant."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from models.metrics.dimensions import LOAD_TEST_APP
from models.metrics.server_catalogue import OWN_SERVICE

HEARTBEAT = timedelta(seconds=12.5)
_WORKERS = text(
    "SELECT w.instance, w.node, "
    "(SELECT max(period_end) FROM server_samples AS s WHERE s.instance = w.instance "
    " AND s.service = :own AND s.app IS NULL AND s.period_end > :since) AS measured_at, "
    "(SELECT descriptors FROM server_samples AS s WHERE s.instance = w.instance "
    " AND s.service = :own AND s.app IS NULL AND s.period_end > :since "
    " ORDER BY period_end DESC LIMIT 1) AS descriptors, "
    "coalesce((SELECT active FROM server_samples AS s WHERE s.instance = w.instance "
    " AND s.service = :own AND s.app = :app AND s.period_end > :since "
    " ORDER BY period_end DESC LIMIT 1), 0) AS active "
    "FROM server_workers AS w WHERE w.heartbeat_at > now() - :fresh ORDER BY w.started_at, 1"
)
_DATABASE = text(
    "SELECT count(*) FILTER (WHERE application_name LIKE 'wsmon%'), "
    "count(*) FILTER (WHERE application_name LIKE 'wsmon%' AND state = 'active'), "
    "CAST(current_setting('max_connections') AS int) FROM pg_stat_activity "
    "WHERE backend_type = 'client backend'"
)


@dataclass(frozen=True, slots=True)
class LoadTestWorker:
    """A live worker, with the connections of load tests it had open when it was last measured
    (`None`: not since), and its open files."""

    instance: str
    node: str
    measured_at: datetime | None
    descriptors: int | None
    active: int


def workers(connection: Connection, since: datetime) -> list[LoadTestWorker]:
    """The live workers, as measured after `since`."""
    values = {"own": OWN_SERVICE, "app": LOAD_TEST_APP, "since": since, "fresh": HEARTBEAT}
    return [LoadTestWorker(*row) for row in connection.execute(_WORKERS, values)]


def database_connections(connection: Connection) -> tuple[int, int, int]:
    """Connections of ours to the database, those at work, and how many it takes of all."""
    ((ours, busy, most),) = connection.execute(_DATABASE)
    return int(ours), int(busy), int(most)
