"""Where it is worst: every dimension, and the pair of dimensions that says more than its sides."""

from collections.abc import Mapping
from dataclasses import dataclass

from analytics.query.arrays import Labels
from analytics.query.engine import Engine
from analytics.query.query import FilterValues
from analytics.ranges.timerange import TimeRange
from analytics.reports.segments import reading
from analytics.reports.segments.compared import Comparison, affected, compared, surely_worse
from models.metrics.dimensions import OTHER, PAIRS, REGION, SPLIT_BY, UNKNOWN

PAIRS_TRIED = tuple(pair for pair in PAIRS if REGION not in pair)
# A pair is named where the people it affects are so many of those of its sides: then the sides are
# bad because of it.
SAME_PEOPLE = 0.5
NOT_TO_NAME = frozenset({UNKNOWN, OTHER})


@dataclass(frozen=True, slots=True)
class WorstPair:
    """Two values by dimension that are bad together, their row in `comparison`, and how much worse
    than all others they are at least (`by`, in the unit of the figure)."""

    labels: Labels
    comparison: Comparison
    row: int
    by: float


@dataclass(frozen=True, slots=True)
class WhereWorst:
    """The comparison of each dimension that is not filtered, and the worst pair by figure. A pair
    needs cells, or a range of at most 48 h."""

    by_dimension: Mapping[str, Comparison]
    by_pair: Mapping[tuple[str, str], Comparison]

    def worst_pair(self, key: str) -> WorstPair | None:
        """The pair that affects the most people, and is worse than each of its sides alone."""
        best: tuple[float, WorstPair] | None = None
        for comparison in self.by_pair.values():
            scores, worse = affected(comparison, key), surely_worse(comparison, key)
            for row, labels in enumerate(comparison.labels):
                score, by = float(scores[row]), float(worse[row])
                if NOT_TO_NAME & {*labels.values()} or not self._says_more(labels, key, score, by):
                    continue
                if best is None or score > best[0]:
                    best = score, WorstPair(labels, comparison, row, by)
        return None if best is None else best[1]

    def _says_more(self, labels: Labels, key: str, score: float, by: float) -> bool:
        if score <= 0:
            return False
        sides = [self._of_side(*side, key) for side in labels.items()]
        return all(by > side_by for _, side_by in sides) and any(
            score >= SAME_PEOPLE * side_score for side_score, _ in sides
        )

    def _of_side(self, dimension: str, value: str, key: str) -> tuple[float, float]:
        """How many people a value affects, and by how much it is worse."""
        comparison = self.by_dimension.get(dimension)
        rows = [] if comparison is None else comparison.labels
        for row, labels in enumerate(rows):
            if comparison is not None and labels[dimension] == value:
                return (
                    float(affected(comparison, key)[row]),
                    float(surely_worse(comparison, key)[row]),
                )
        return 0.0, 0.0


def read(engine: Engine, window: TimeRange, filters: FilterValues) -> WhereWorst:
    """Of the people that pass `filters`. Pairs are tried where no dimension is filtered: there are
    no cells by three."""
    reports = reading.reports_in(engine, window)
    filtered = {*filters} - {"app"}
    by_dimension = {
        name: compared(reading.read(engine, window, filters, (name,), reports))
        for name in SPLIT_BY
        if name not in filtered
    }
    by_pair = {
        pair: compared(reading.read(engine, window, filters, pair, reports))
        for pair in (() if filtered else PAIRS_TRIED)
    }
    return WhereWorst(by_dimension, by_pair)
