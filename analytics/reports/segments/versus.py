"""Two segments of a dimension side by side, or one beside all other people; pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from analytics.reports.segments.additive import Additive
from analytics.reports.segments.compared import Comparison
from analytics.reports.segments.figures import (
    Difference,
    FigureValues,
    difference,
    figures_of,
    is_small,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A segment, or all people but one: all arrays have one row."""

    additive: Additive
    figures: Mapping[str, FigureValues]

    @property
    def sessions(self) -> float:
        """NaN where they were not counted."""
        return float(self.additive.sessions[0])

    @property
    def is_small(self) -> bool:
        """Whether its sessions are too few to compare."""
        return bool(is_small(self.additive)[0])


@dataclass(frozen=True, slots=True)
class SideBySide:
    """`differences` are the first side minus the second, by key. Their intervals take both sides as
    independent: a session has one value of a dimension."""

    first: Side
    second: Side

    @property
    def differences(self) -> Mapping[str, Difference]:
        """With 95 % intervals, one row each."""
        others = self.second.figures
        return {key: difference(each, others[key]) for key, each in self.first.figures.items()}


def side_by_side(comparison: Comparison, row: int, other: int | None = None) -> SideBySide:
    """The segments in these rows; `None`: all but the first."""
    own = comparison.segments.additive
    second = own.others().select([row]) if other is None else own.select([other])
    first, usual = own.select([row]), comparison.world_of.moments
    return SideBySide(*(Side(additive=each, figures=figures_of(each, usual))
                        for each in (first, second)))  # fmt: skip
