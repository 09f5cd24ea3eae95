"""A job: a name, an interval, and one step of work that returns a summary of what it did."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from models.database.engine import Database
from models.database.leases import Lease
from models.database.partitions import DetachedDay
from settings import Settings


class Archive(Protocol):
    """Stores days before they are dropped."""

    def check(self) -> None:
        """Try whether days can be stored. Raises `NotArchived`."""

    def keep(self, database: Database, detached: DetachedDay) -> str:
        """Store the day durably; returns its summary. Raises `NotArchived`."""

    def convert(self, database: Database, table: str) -> None:
        """Do with the rows of a table what `keep` does, without a file."""

    def erase(self, sessions: Collection[UUID]) -> int:
        """Erase sessions; how many files had any. Raises `NotArchived`."""


class NoArchive:
    """No archive is configured: days are dropped as they are."""

    def check(self) -> None:
        """Nothing to do."""

    def keep(self, database: Database, detached: DetachedDay) -> str:  # noqa: ARG002 - as the protocol says
        """Nothing to do."""
        return ""

    def convert(self, database: Database, table: str) -> None:
        """Nothing to do."""

    def erase(self, sessions: Collection[UUID]) -> int:  # noqa: ARG002 - as the protocol says
        """Nothing to do."""
        return 0


@dataclass(frozen=True, slots=True)
class JobContext:
    """What a step may use. A step confirms `lease` in each transaction that writes results."""

    database: Database
    settings: Settings
    now: Callable[[], datetime]
    lease: Lease
    archive: Archive = field(default_factory=NoArchive)


@dataclass(frozen=True, slots=True)
class Job:
    """One entry of the schedule. `step` does one unit of work and is idempotent. `at_start`: each
    process runs it once more where its slot was run before, as it may have other settings."""

    name: str
    every_seconds: int
    step: Callable[[JobContext], str]
    at_start: bool = False
