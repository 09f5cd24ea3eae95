"""Which server software a service's agent measures, and what it cannot count there.

A row for each service, app and server, renewed by its samples.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Column, Connection, DateTime, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from models.database.base import Base
from models.database.engine import Database

RENEWED_AFTER = timedelta(minutes=1)
MOST_READ = 200

server_agents = Table(
    "server_agents",
    Base.metadata,
    *(Column(name, Text(), primary_key=True) for name in ("service", "app", "server")),
    *(Column(name, Text(), nullable=False) for name in ("face", "version")),
    Column("release", Text()),
    Column("not_counted", JSONB(), nullable=False),
    Column("latest_at", DateTime(timezone=True), nullable=False),
)
RECORD = text(
    """
INSERT INTO server_agents AS a
  (service, app, server, face, version, release, not_counted, latest_at)
VALUES (:service, :app, :server, :face, :version, :release, CAST(:not_counted AS jsonb), :latest_at)
ON CONFLICT (service, app, server) DO UPDATE SET
  face = excluded.face, version = excluded.version, release = excluded.release,
  not_counted = excluded.not_counted, latest_at = greatest(a.latest_at, excluded.latest_at)
WHERE a.latest_at < excluded.latest_at - CAST(:renewed_after AS interval)
  OR (a.face, a.version, a.release, a.not_counted)
    IS DISTINCT FROM (excluded.face, excluded.version, excluded.release, excluded.not_counted)
"""
)
READ = text(
    f"""
SELECT service, app, server, face, version, release, not_counted, latest_at FROM server_agents
WHERE latest_at >= :since AND (CAST(:app AS text) IS NULL OR app = :app)
  AND (CAST(:service AS text) IS NULL OR service = :service)
ORDER BY service, app, server LIMIT {MOST_READ}
"""
)


class SampleAgent(msgspec.Struct, frozen=True, kw_only=True):
    """The agent that made a sample. `server` is the software it measures, with its version;
    `not_counted` are metrics that this software hides."""

    version: str
    face: str
    server: str
    release: str | None = None
    not_counted: tuple[str, ...] = ()


class ServerAgent(SampleAgent, frozen=True, kw_only=True):
    """The agent of a service and an app, and when it last sent a sample."""

    service: str
    app: str
    latest_at: datetime


def record(connection: Connection, agents: Iterable[ServerAgent]) -> None:
    """Store which agents sent samples, in the order of their key, so that two cannot deadlock."""
    latest: dict[tuple[str, str, str], ServerAgent] = {}
    for agent in sorted(agents, key=lambda each: each.latest_at):
        latest[agent.service, agent.app, agent.server] = agent
    for _, agent in sorted(latest.items()):
        fields = msgspec.structs.asdict(agent)
        fields["not_counted"] = msgspec.json.encode(agent.not_counted).decode()
        connection.execute(RECORD, {**fields, "renewed_after": RENEWED_AFTER})


def since(
    connection: Connection, start: datetime, app: str | None, service: str | None
) -> list[ServerAgent]:
    """The agents that have sent samples since, at most `MOST_READ`."""
    values = {"since": start - RENEWED_AFTER, "app": app, "service": service}
    return [
        ServerAgent(**{**row, "not_counted": tuple(row["not_counted"])})
        for row in connection.execute(READ, values).mappings()
    ]


def forget(database: Database, before: datetime) -> None:
    """Delete agents that were silent since. Raises `DatabaseAway`."""
    with database.transaction() as connection:
        connection.execute(
            text("DELETE FROM server_agents WHERE latest_at < :before"), {"before": before}
        )
