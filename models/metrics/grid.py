"""Steps of time, as the arrays of an answer have them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

BEFORE = -1  # stands for the number of a step: before the first


@dataclass(frozen=True, slots=True)
class Grid:
    """Step i is [edges[i], edges[i + 1]). `seconds` is the length of every step, 0 when they differ
    (local days, or the one step of a total)."""

    edges: tuple[datetime, ...]
    seconds: int = 0

    @classmethod
    def uniform(cls, start: datetime, seconds: int, steps: int) -> "Grid":
        """`steps` steps of `seconds` from `start` on."""
        edges = tuple(start + timedelta(seconds=seconds * number) for number in range(steps + 1))
        return cls(edges, seconds)

    @property
    def start(self) -> datetime:
        """The start of the first step."""
        return self.edges[0]

    @property
    def end(self) -> datetime:
        """The end of the last step."""
        return self.edges[-1]

    @property
    def steps(self) -> int:
        """How many steps."""
        return len(self.edges) - 1
