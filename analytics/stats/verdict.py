"""What a change means: for the worse, for the better, or neither, as the catalogue says."""

from enum import StrEnum
from math import log

from analytics.stats.comparison import FigureChange
from models.metrics.metric import Worse

MUCH = log(2)  # of `FigureChange.growth`: the figure, or its odds, doubled or halved


class Verdict(StrEnum):
    """The meaning of a notable change. `CHANGED`: neither direction is bad."""

    MUCH_WORSE = "much worse"
    WORSE = "worse"
    BETTER = "better"
    CHANGED = "changed"

    @property
    def is_worse(self) -> bool:
        """Whether it is for the worse."""
        return self in (Verdict.WORSE, Verdict.MUCH_WORSE)


def verdict_of(change: FigureChange | None, worse: Worse) -> Verdict | None:
    """The meaning of a change of a figure of which `worse` is bad; `None` when not notable."""
    if change is None or not change.is_notable:
        return None
    if worse is Worse.NEITHER:
        return Verdict.CHANGED
    if (change.size > 0) is not (worse is Worse.UP):
        return Verdict.BETTER
    return Verdict.MUCH_WORSE if abs(change.growth) >= MUCH else Verdict.WORSE
