"""Reads how far the history of the demo is filled."""

from models.database.engine import Database
from models.operations.demo_history import DemoHistory, FillProgress

__all__ = ["DemoReport", "FillProgress"]


class DemoReport:
    """Exists in a demo alone."""

    def __init__(self, database: Database) -> None:
        self._history = DemoHistory(database)

    def progress(self) -> FillProgress | None:
        """How far it is filled, `None` once it is complete. Raises `DatabaseAway`."""
        return self._history.progress()
