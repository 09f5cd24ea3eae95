"""The insert of server samples: a batch in one statement, each sample at most once.

The running totals (Prometheus counters) grow in the same commit, by newly stored samples alone, so
that a retry is never counted twice.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from sqlalchemy import text
from sqlalchemy.exc import DataError, IntegrityError

from models.both_ends import end_insert
from models.database import partitions
from models.database.engine import Database

from . import conflicts, dead_workers, events, server_agents
from .dead_workers import SilenceWatch
from .report_insert import NO_PARTITION
from .server_agents import ServerAgent
from .server_samples import COLUMNS, SampleKey, ServerSample, as_json, server_samples

_columns = ", ".join(f'"{name}"' for name in COLUMNS)

# Totals are updated in the order of their key, so that two workers cannot deadlock.
INSERT = text(
    f"""
WITH stored AS (
  INSERT INTO server_samples ({_columns})
  SELECT {_columns} FROM json_populate_recordset(NULL::server_samples, CAST(:rows AS json))
  ORDER BY sample_id, period_end
  ON CONFLICT DO NOTHING
  RETURNING sample_id, period_end, service, coalesce(app, '') AS app
), batch AS (
  SELECT CAST(r ->> 'sample_id' AS uuid) AS sample_id,
         CAST(r ->> 'period_end' AS timestamptz) AS period_end, r -> 'totals' AS totals
  FROM json_array_elements(CAST(:rows AS json)) AS r
), added AS (
  INSERT INTO server_totals AS t (service, app, name, label, value)
  SELECT service, app, entry ->> 0, entry ->> 1, sum(CAST(entry ->> 2 AS double precision))
  FROM stored
  JOIN (SELECT DISTINCT ON (sample_id, period_end) * FROM batch) AS g USING (sample_id, period_end)
  CROSS JOIN json_array_elements(g.totals) AS entry
  GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
  ON CONFLICT (service, app, name, label) DO UPDATE SET value = t.value + excluded.value
), marked AS (
  INSERT INTO dirty_minutes (source, minute)
  SELECT DISTINCT 'samples', date_trunc('minute', period_end, 'UTC') FROM stored
)
SELECT sample_id, period_end FROM stored
"""
)
CONFLICTS = conflicts.statement(server_samples, ("received_at",))
HEARTBEAT = text(
    """
INSERT INTO server_workers AS w (instance, node, namespace, pid, started_at, heartbeat_at)
VALUES (:instance, :node, :namespace, :pid, :started_at, now())
ON CONFLICT (instance) DO UPDATE SET heartbeat_at = now()
"""
)
OTHERS = text(
    """
SELECT instance, node, pid, heartbeat_at, node = :node AND namespace = :namespace AS is_neighbour
FROM server_workers WHERE instance <> :instance
"""
)
REMOVE_WORKER = text("DELETE FROM server_workers WHERE instance = :instance")


@dataclass(frozen=True, slots=True)
class WorkerIdentity:
    """The identity of a worker process; `instance` is globally unique.

    Process ids are comparable within one `node` and PID `namespace`.
    """

    instance: str
    node: str
    namespace: str
    pid: int
    started_at: datetime


class ServerSamples:
    """The repository of samples, for writing. Every method raises `DatabaseAway`."""

    def __init__(self, database: Database, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._watch = SilenceWatch(monotonic)

    def insert(self, samples: Sequence[ServerSample]) -> frozenset[SampleKey]:
        """Store a batch; it is committed on return. Answers the newly stored identities.

        Raises `ValueError` when the database refuses a value.
        """
        if not samples:
            return frozenset()
        try:
            return self._execute(samples)
        except DataError as fault:
            raise ValueError(str(fault.orig)) from fault
        except IntegrityError as fault:
            if getattr(fault.orig, "pgcode", None) != NO_PARTITION:
                raise
        days = {sample.period_end.astimezone(UTC).date() for sample in samples}
        partitions.ensure(self._database, "server_samples", days)
        return self._execute(samples)

    def conflicts(self, samples: Sequence[ServerSample]) -> frozenset[int]:
        """Indices of samples that are stored with another content."""
        with self._database.transaction() as connection:
            return frozenset(connection.execute(CONFLICTS, {"rows": as_json(samples)}).scalars())

    def heartbeat(
        self, worker: WorkerIdentity, is_alive: Callable[[int], bool], now: datetime
    ) -> None:
        """Renew the heartbeat. Remove workers of this node whose process has died, and those of any
        node that have been silent for long: count the ends of their connections, mark a restart."""
        values = {name: getattr(worker, name) for name in WorkerIdentity.__slots__}
        with self._database.transaction() as connection:
            others = connection.execute(OTHERS, values).all()
            connection.execute(HEARTBEAT, values)
        silent = self._watch.silent({other.instance: other.heartbeat_at for other in others})
        for other in others:
            if other.instance in silent or (other.is_neighbour and not is_alive(other.pid)):
                self._end(other.instance, other.node, other.heartbeat_at, now)

    def remove_worker(self, worker: WorkerIdentity, now: datetime) -> None:
        """Remove a worker that stops in order: mark a planned restart."""
        with self._database.transaction() as connection:
            connection.execute(REMOVE_WORKER, {"instance": worker.instance})
            event = dead_workers.planned_restart(worker.node, now)
            events.add_unless_near(connection, event)

    def _end(self, instance: str, node: str, heartbeat_at: datetime, now: datetime) -> None:
        """Remove a dead worker with its last samples; of several that find it, the first does."""
        with self._database.transaction() as connection:
            samples = dead_workers.last_samples(connection, instance, heartbeat_at, now)
        if samples:
            days = {sample.period_end.astimezone(UTC).date() for sample in samples}
            partitions.ensure(self._database, "server_samples", days)
        with self._database.transaction() as connection:
            is_first = connection.execute(REMOVE_WORKER, {"instance": instance}).rowcount == 1
            if is_first:
                event = dead_workers.restart(node, heartbeat_at, now)
                events.add_unless_near(connection, event)
            if is_first and samples:
                connection.execute(INSERT, {"rows": as_json(samples)})

    def _execute(self, samples: Sequence[ServerSample]) -> frozenset[SampleKey]:
        with self._database.transaction() as connection:
            cursor = connection.execute(INSERT, {"rows": as_json(samples)})
            stored = frozenset((row.sample_id, row.period_end) for row in cursor)
            server_agents.record(connection, _agents(samples))
            end_insert.record(connection, [end for sample in samples for end in sample.ends])
        return stored


def _agents(samples: Iterable[ServerSample]) -> Iterator[ServerAgent]:
    for sample in samples:
        if sample.agent is not None:
            yield ServerAgent(
                **msgspec.structs.asdict(sample.agent),
                service=sample.service,
                app=sample.app or "",
                latest_at=sample.period_end,
            )


def latest_sample(database: Database, service: str, until: datetime) -> datetime | None:
    """The end of the latest sample of a service up to that instant. Raises `DatabaseAway`."""
    query = text(
        "SELECT max(period_end) FROM server_samples "
        "WHERE service = :service AND period_end <= :until"
    )
    with database.transaction() as connection:
        values = {"service": service, "until": until}
        latest: datetime | None = connection.execute(query, values).scalar_one()
    return latest
