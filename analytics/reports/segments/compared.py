"""Segments beside the period before, all people, and all others; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.query.arrays import Floats, Labels, key_of
from analytics.reports.segments.additive import Additive
from analytics.reports.segments.figures import (
    FIGURES,
    Difference,
    FigureValues,
    difference,
    figures_of,
    is_small,
)
from analytics.reports.segments.reading import Segments
from models.metrics.metric import Worse


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A row per segment of `segments`: `figures` by key, `from_others` the difference from all
    other people, `before` the figures of the period before and `change` the difference from them
    (empty without one). `world` has one row: all people."""

    segments: Segments
    figures: Mapping[str, FigureValues]
    from_others: Mapping[str, Difference]
    world: Mapping[str, FigureValues]
    world_of: Additive
    before: Mapping[str, FigureValues]
    change: Mapping[str, Difference]
    small_sample: Floats

    @property
    def labels(self) -> Sequence[Labels]:
        """The segments."""
        return self.segments.labels


def compared(segments: Segments, earlier: Segments | None = None) -> Comparison:
    """`segments` beside those of the period before, in any order."""
    own, world_of = segments.additive, segments.additive.total()
    usual = world_of.moments + (0 if earlier is None else earlier.additive.total().moments)
    figures, others = figures_of(own, usual), figures_of(own.others(), usual)
    before: dict[str, FigureValues] = {}
    if earlier is not None:
        rows = {key_of(each): number for number, each in enumerate(earlier.labels)}
        index = [rows.get(key_of(each), -1) for each in segments.labels]
        before = figures_of(earlier.additive.select(index), usual)
    return Comparison(
        segments=segments,
        figures=figures,
        from_others={key: difference(each, others[key]) for key, each in figures.items()},
        world=figures_of(world_of, usual),
        world_of=world_of,
        before=before,
        change={key: difference(figures[key], each) for key, each in before.items()},
        small_sample=is_small(own),
    )


def surely_worse(comparison: Comparison, key: str) -> Floats:
    """How much worse than all others each segment is at least: the end of the interval of the
    difference that is nearer to 0, and 0 where it holds 0 or is not known."""
    each = comparison.from_others[key]
    bound = each.low if FIGURES[key].worse is Worse.UP else -each.high
    return np.maximum(np.nan_to_num(bound), 0.0)


def affected(comparison: Comparison, key: str) -> Floats:
    """People affected times distance from normal: sessions times `surely_worse`; 0 for small
    samples, which are never ranked."""
    sessions = np.nan_to_num(comparison.segments.additive.sessions)
    score: Floats = sessions * surely_worse(comparison, key) * (1 - comparison.small_sample)
    return score


def ranked(comparison: Comparison, key: str, most: int | None = None) -> list[int]:
    """The rows of segments that are surely worse than all others, those with the most `affected`
    first."""
    score = affected(comparison, key)
    rows = [int(row) for row in np.argsort(-score, kind="stable") if score[row] > 0]
    return rows[:most]
