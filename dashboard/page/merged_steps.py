"""Neighbouring steps added up to bars that can be told apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil

from dashboard.page.data import Series

MOST_BARS = 60
NICE_FACTORS = (1, 2, 3, 4, 6, 12, 24)


@dataclass(frozen=True, slots=True)
class Merged:
    """Counts of neighbouring steps added up, in bars of `seconds`."""

    seconds: int
    starts: list[datetime]
    counts: dict[str, list[int]]


def merged(answer: Series, names: Sequence[str], most_bars: int = MOST_BARS) -> Merged:
    """At most about `most_bars` bars: counts add, so neighbours may be joined without loss."""
    length_s = (answer.end - answer.start).total_seconds()
    factor = max(1, ceil(length_s / answer.step_seconds / most_bars))
    factor = next((nice for nice in NICE_FACTORS if nice >= factor), factor)
    seconds = answer.step_seconds * factor
    found: dict[int, list[int]] = {}
    for point in answer.series:
        bar = found.setdefault(int(point.t.timestamp() // seconds), [0] * len(names))
        for place, name in enumerate(names):
            bar[place] += getattr(point, name)
    return Merged(
        seconds,
        [datetime.fromtimestamp(bar * seconds, UTC) for bar in found],
        {name: [bar[place] for bar in found.values()] for place, name in enumerate(names)},
    )
