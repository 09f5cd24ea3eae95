"""The durations of a range per step, and neighbouring steps joined to longer ones; pure.

Histograms add, so joining neither loses nor invents a duration.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isnan
from zoneinfo import ZoneInfo

import numpy as np

from analytics.ranges import natural_steps
from analytics.ranges.timerange import TimeRange
from analytics.stats.histograms import Floats, Histograms
from models.metrics.grid import Grid


@dataclass(frozen=True, slots=True, kw_only=True)
class DurationSteps:
    """Step i is [edges[i], edges[i + 1]), nominally `seconds` long; steps divide the days of
    `zone`. `counts` (steps, BUCKETS) are weighted, `n` (steps,) is not. `cuts` says whether the
    ends of the range cut the first and the last step."""

    length: timedelta
    zone: str
    seconds: int
    edges: tuple[datetime, ...]
    counts: Floats
    n: Floats
    cuts: tuple[bool, bool]

    @classmethod
    def of(
        cls, histograms: Histograms, grid: Grid, seconds: int, window: TimeRange, zone: str
    ) -> "DurationSteps":
        """Those of the first label set in `window`."""
        return cls(
            length=window.length, zone=zone, seconds=seconds, edges=grid.edges,
            counts=histograms.counts[0], n=histograms.n[0],
            cuts=(grid.start < window.start, grid.end > window.end),
        )  # fmt: skip

    @property
    def is_cut(self) -> list[bool]:
        """Whether an end of the range cuts each step."""
        first, last = self.cuts
        count = len(self.n)
        return [(first and i == 0) or (last and i == count - 1) for i in range(count)]

    def n_at(self, start: datetime) -> int:
        """The durations of the step that begins at `start`."""
        return int(self.n[bisect_left(self.edges, start)])

    def values_at(self, share: float, starts: Iterable[datetime]) -> list[float | None]:
        """The quantile of each of the steps that begin at `starts`; `None` without durations."""
        values = self.quantiles_ms(share)
        at_starts = (float(values[bisect_left(self.edges, start)]) for start in starts)
        return [None if isnan(value) else value for value in at_starts]

    def clock(self, zone: ZoneInfo) -> ZoneInfo:
        """The zone by which the steps are joined on a page in `zone`."""
        return natural_steps.clock_of(self.edges[:-1], self.seconds, zone, self.zone)

    def joined(self, seconds: int, clock: ZoneInfo) -> "DurationSteps":
        """The same in steps of `seconds`, a natural length of full steps, that divide the days of
        `clock`."""
        if seconds == self.seconds:
            return self
        starts = (self.edges[0] - timedelta(seconds=self.seconds), *self.edges)
        before, *own, after = natural_steps.joined_starts(starts, self.seconds, seconds, clock)
        firsts = [i for i, start in enumerate(own) if i == 0 or start != own[i - 1]]
        return DurationSteps(
            length=self.length,
            zone=clock.key,
            seconds=seconds,
            edges=(*(self.edges[first] for first in firsts), self.edges[-1]),
            counts=np.add.reduceat(self.counts, firsts, axis=0),
            n=np.add.reduceat(self.n, firsts),
            cuts=(self.cuts[0] or before == own[0], self.cuts[1] or after == own[-1]),
        )

    def quantiles_ms(self, share: float) -> Floats:
        """The quantile of each step, (steps,); NaN without durations."""
        of_set = Histograms(self.counts[None], self.n[None], self.n[None])
        values: Floats = of_set.quantiles_ms(share)[0][0]
        return values
