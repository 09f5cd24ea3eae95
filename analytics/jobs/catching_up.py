"""Rolls up everything there is now, outside the schedule: after a bulk load."""

from collections.abc import Callable
from datetime import datetime, timedelta

from models.database import Database

from . import client_rollup, server_rollup
from .client_roller import ClientRoller
from .server_rollup import ServerRoller

NOTHING = "0 minutes, 0 hours, 0 late hours"


def catch_up(
    database: Database, now: datetime, kept: timedelta, say: Callable[[str], None]
) -> None:
    """Run until nothing is left, saying each round. Raises `RollupBusy`, `DatabaseAway`."""
    reports, samples = ClientRoller(database, _alone), ServerRoller(database, _alone)
    while not (said := server_rollup.run(samples, now, kept)).startswith(NOTHING):
        say(f"samples: {said}")
    while not (said := client_rollup.run(reports, now, kept)).startswith(NOTHING):
        say(f"reports: {said}")


def _alone(_connection: object) -> None:
    """No lead is needed: units keep out of each other's way."""
