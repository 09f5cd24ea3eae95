"""What knocks: who sends reports and samples or opens sockets, and whom we refuse, and why.

A row for each source, caller, app and refusal; workers add to it every few seconds. What a caller
says of itself is hostile: texts are cut before they come here, and the newest rows alone stay.
Counts say how much, not exactly: a flush of unknown outcome is repeated.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import BigInteger, Column, DateTime, Table, Text, text

from models.database.base import Base
from models.database.engine import Database

PAGE, SOCKET, SERVER = "page", "socket", "server"
ORIGIN = "origin"  # the refusal of a page for its origin, which an admin can allow
RETENTION = timedelta(days=7)
MOST_ROWS = 200  # accepted, and as many refused
KEY = ("source", "caller", "app", "refusal")

knocks = Table(
    "knocks",
    Base.metadata,
    *(Column(name, Text(), primary_key=True) for name in KEY),
    Column("first_at", DateTime(timezone=True), nullable=False),
    Column("last_at", DateTime(timezone=True), nullable=False),
    *(Column(name, BigInteger(), nullable=False) for name in ("count", "sockets", "round_trips")),
    *(Column(name, Text(), nullable=False) for name in ("protocol", "blind", "detail")),
)

# Rows are inserted in the order of their key, so that two workers cannot deadlock.
ADD = text(
    """
INSERT INTO knocks AS k (source, caller, app, refusal, first_at, last_at, count, sockets,
  round_trips, protocol, blind, detail)
SELECT r.source, r.caller, r.app, r.refusal, r.first_at, r.last_at, r.count, r.sockets,
  r.round_trips, r.protocol, r.blind, r.detail
FROM json_to_recordset(CAST(:rows AS json)) AS r(source text, caller text, app text, refusal text,
  first_at timestamptz, last_at timestamptz, count bigint, sockets bigint, round_trips bigint,
  protocol text, blind text, detail text)
ORDER BY 1, 2, 3, 4
ON CONFLICT (source, caller, app, refusal) DO UPDATE SET
  last_at = greatest(k.last_at, excluded.last_at), count = k.count + excluded.count,
  sockets = k.sockets + excluded.sockets, round_trips = k.round_trips + excluded.round_trips,
  protocol = coalesce(nullif(excluded.protocol, ''), k.protocol), blind = excluded.blind,
  detail = excluded.detail
"""
)
LATEST = text(
    "SELECT source, caller, app, refusal, first_at, last_at, count, sockets, round_trips, protocol,"
    " blind, detail FROM knocks WHERE last_at >= :since ORDER BY last_at DESC, source, caller, app,"
    " refusal LIMIT :most"
)
PRUNE = text(
    """
DELETE FROM knocks WHERE ctid = ANY(ARRAY(
  SELECT place FROM (
    SELECT ctid AS place, last_at,
           row_number() OVER (PARTITION BY refusal <> '' ORDER BY last_at DESC) AS rank
    FROM knocks) AS ranked
  WHERE rank > :most OR last_at < :before))
"""
)


class Knock(msgspec.Struct, frozen=True, kw_only=True):
    """Of one caller: the origin of a page, or the name of a service; `refusal` is empty for what
    was accepted, `detail` says more about one. `sockets` and `round_trips` are those reported;
    `blind` are the reasons of the newest report, with commas."""

    source: str
    caller: str
    app: str
    refusal: str
    first_at: datetime
    last_at: datetime
    count: int = 1
    sockets: int = 0
    round_trips: int = 0
    protocol: str = ""
    blind: str = ""
    detail: str = ""


class Knocks:
    """The repository. Raises `DatabaseAway`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, rows: Sequence[Knock]) -> None:
        """Add to what is stored; the keys of `rows` are distinct."""
        with self._database.transaction() as connection:
            connection.execute(ADD, {"rows": msgspec.json.encode(rows).decode()})

    def prune(self, now: datetime) -> None:
        """Delete what is older than a week, and all but the newest rows."""
        with self._database.transaction() as connection:
            connection.execute(PRUNE, {"most": MOST_ROWS, "before": now - RETENTION})

    def latest(self, since: datetime) -> list[Knock]:
        """Those that knocked since, the last first."""
        values = {"since": since, "most": 2 * MOST_ROWS}
        with self._database.transaction() as connection:
            rows = connection.execute(LATEST, values).mappings()
            return [Knock(**row) for row in rows]
