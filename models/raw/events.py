"""Events that are marked on time charts: deployments, restarts, switches, maintenance."""

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Column, Connection, DateTime, Index, Table, Text, Uuid, text

from models.database.base import Base
from models.database.engine import Database

MOST_READ = 200
RESTART, PLANNED_RESTART = "restart", "planned-restart"  # of whatever cause; in order
PLANNED = ("deploy", PLANNED_RESTART)
NEAR = timedelta(minutes=1)  # of each other: what several processes tell

events = Table(
    "events",
    Base.metadata,
    Column("event_id", Uuid(), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("kind", Text(), nullable=False),
    Column("title", Text(), nullable=False),
    Column("app", Text()),
    Index(None, "at"),
)
INSERT = text(
    "INSERT INTO events (event_id, at, kind, title, app) "
    "VALUES (:event_id, :at, :kind, :title, :app) ON CONFLICT DO NOTHING"
)
# Without a time of its own an event happened when it came first.
DIFFERS = text(
    "SELECT (kind, title, app) IS DISTINCT FROM (:kind, :title, CAST(:app AS text)) "
    "OR (at <> :at AND NOT :is_stamped) FROM events WHERE event_id = :event_id"
)
READ = text(
    "SELECT event_id, at, kind, title, app FROM events WHERE at >= :start AND at < :end "
    "AND (CAST(:app AS text) IS NULL OR app IS NULL OR app = :app) ORDER BY at LIMIT :most"
)
READ_PLANNED = text(
    "SELECT at, app FROM events WHERE kind = ANY(:kinds) AND at >= :start AND at <= :end"
)
SAME = text(
    "SELECT EXISTS (SELECT FROM events WHERE kind = :kind AND title = :title "
    "AND at BETWEEN :start AND :end)"
)


@dataclass(frozen=True, slots=True)
class Event:
    """One event; without an `app` it concerns all. `is_stamped`: `at` is that of its receipt."""

    event_id: UUID
    at: datetime
    kind: str
    title: str
    app: str | None = None
    is_stamped: bool = field(default=False, compare=False)


def between(
    connection: Connection, start: datetime, end: datetime, app: str | None = None
) -> list[Event]:
    """The events of [start, end) that concern `app`, in order, at most `MOST_READ`."""
    values = {"start": start, "end": end, "app": app, "most": MOST_READ}
    return [Event(*row) for row in connection.execute(READ, values)]


def add(connection: Connection, event: Event) -> bool:
    """Store an event; False: it was stored before."""
    return connection.execute(INSERT, asdict(event)).rowcount == 1


def add_unless_near(connection: Connection, event: Event) -> None:
    """Store an event, unless the same was stored within `NEAR` of it."""
    values = {"kind": event.kind, "title": event.title}
    span = {"start": event.at - NEAR, "end": event.at + NEAR}
    if not connection.execute(SAME, values | span).scalar_one():
        add(connection, event)


def planned(
    connection: Connection, start: datetime, end: datetime
) -> list[tuple[datetime, str | None]]:
    """When a restart or a deployment was planned, from `start` to `end`, and of which app."""
    values = {"kinds": list(PLANNED), "start": start, "end": end}
    return [(at, app) for at, app in connection.execute(READ_PLANNED, values)]


class Events:
    """The repository of events. Every method raises `DatabaseAway`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, event: Event) -> bool:
        """Store an event; False: it was stored before."""
        with self._database.transaction() as connection:
            return add(connection, event)

    def is_conflict(self, event: Event) -> bool:
        """Whether an event of this id is stored with another content."""
        with self._database.transaction() as connection:
            return bool(connection.execute(DIFFERS, asdict(event)).scalar())

    def between(self, start: datetime, end: datetime, app: str | None = None) -> list[Event]:
        """The events of [start, end) that concern `app`, in order, at most `MOST_READ`."""
        with self._database.transaction() as connection:
            return between(connection, start, end, app)

    def forget(self, before: datetime) -> None:
        """Delete events before."""
        with self._database.transaction() as connection:
            connection.execute(text("DELETE FROM events WHERE at < :before"), {"before": before})
