"""What a job is: a name, how often it runs, and one step of work that says what it did."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from models.database import Database
from models.leases import Lease
from settings import Settings


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a step may use. `lease` is confirmed in each transaction that writes results."""

    database: Database
    settings: Settings
    now: Callable[[], datetime]
    lease: Lease


@dataclass(frozen=True, slots=True)
class Job:
    """One entry of the schedule. `step` does one unit of work; running it twice does no harm."""

    name: str
    every_seconds: int
    step: Callable[[Surroundings], str]
