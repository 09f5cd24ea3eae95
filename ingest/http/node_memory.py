"""What the master makes for all workers of its node, before it forks them."""

from collections.abc import Callable
from typing import Generic, TypeVar

Table = TypeVar("Table")


class NodeMemory(Generic[Table]):
    """A table in memory that the workers of one master share; `make` makes that of a process
    without a master."""

    def __init__(self, make: Callable[[], Table]) -> None:
        self._make = make
        self._shared: Table | None = None

    def share(self, table: Table) -> None:
        """Share `table`. Call it in the master, before any worker is forked."""
        self._shared = table

    def table(self) -> Table:
        """The shared table; a new one in a process without a master."""
        return self._make() if self._shared is None else self._shared
