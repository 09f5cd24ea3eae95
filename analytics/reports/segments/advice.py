"""What to do about a bad region: the advice of the documentation, with its figures; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analytics.notifications.advice import GEOGRAPHY
from analytics.reports.segments.compared import Comparison, affected, surely_worse
from analytics.reports.segments.figures import FIGURES


@dataclass(frozen=True, slots=True)
class SegmentAdvice:
    """`worse_by`: the figures by key that are surely worse than those of all others, and by how
    much at least, in their unit; `steps`: what to check, the most likely cause first."""

    worse_by: Mapping[str, float]
    steps: Sequence[str]


def advice_for(comparison: Comparison, row: int) -> SegmentAdvice | None:
    """Of the segment in `row`; `None` where nothing is surely worse, or it is a small sample."""
    worse_by = {
        key: float(surely_worse(comparison, key)[row])
        for key in FIGURES
        if affected(comparison, key)[row] > 0
    }
    return SegmentAdvice(worse_by, GEOGRAPHY.steps) if worse_by else None
