"""What a job is: a name, how often it runs, and one step of work that says what it did."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from models.database.engine import Database
from models.database.leases import Lease
from models.database.partitions import Detached
from settings import Settings


class Archive(Protocol):
    """Where days go before they are dropped."""

    def keep(self, database: Database, gone: Detached) -> str:
        """Return when the day lies there for sure. Raises `NotArchived`."""


class NoArchive:
    """No archive was asked for: days are dropped as they are."""

    def keep(self, database: Database, gone: Detached) -> str:  # noqa: ARG002 - as the protocol says
        """Nothing to do."""
        return ""


@dataclass(frozen=True, slots=True)
class JobContext:
    """What a step may use. `lease` is confirmed in each transaction that writes results."""

    database: Database
    settings: Settings
    now: Callable[[], datetime]
    lease: Lease
    archive: Archive = field(default_factory=NoArchive)


@dataclass(frozen=True, slots=True)
class Job:
    """One entry of the schedule. `step` does one unit of work; running it twice does no harm."""

    name: str
    every_seconds: int
    step: Callable[[JobContext], str]
