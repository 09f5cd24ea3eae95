"""Percentiles over time in steps that hold enough values to mean something; pure.

A percentile of few values is noise: p99 of up to 100 is their maximum. So the steps of a line are
joined until nine of ten hold enough; a line that would have too few steps is left out.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from analytics.ranges import natural_steps
from analytics.stats.duration_steps import DurationSteps

P50, P95, P99 = 0.5, 0.95, 0.99
LEAST_VALUES: Mapping[float, int] = {P50: 20, P95: 60, P99: 300}  # a step, by share
FILLED_SHARE = 0.9
LEAST_STEPS = 3  # of the range; the figures over the range say more than fewer
Run = list[tuple[datetime, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PercentileLine:
    """A percentile in ms per step that is drawn: number, [start, end), value, and unweighted n.

    Steps are `seconds` long, those measured `step_seconds`. A line that is left out has no steps;
    `seconds` are then the longest that hold too few values.
    """

    share: float
    seconds: int
    step_seconds: int
    numbers: Sequence[int] = ()
    starts: Sequence[datetime] = ()
    ends: Sequence[datetime] = ()
    values: Sequence[float] = ()
    n: Sequence[int] = ()

    @property
    def least(self) -> int:
        """The values that nine of ten steps hold."""
        return LEAST_VALUES[self.share]

    @property
    def is_left_out(self) -> bool:
        """Whether no steps hold enough values."""
        return not self.values

    @property
    def is_widened(self) -> bool:
        """Whether its steps are longer than those measured."""
        return bool(self.values) and self.seconds > self.step_seconds

    def steps_like(self, other: "PercentileLine") -> bool:
        """Whether both are drawn in steps of one length, or neither is."""
        return (self.is_left_out, self.seconds) == (other.is_left_out, other.seconds)

    @property
    def runs(self) -> list[Run]:
        """(instant, value) of consecutive steps; one of several measured steps is at the mean of
        their starts."""
        step = timedelta(seconds=self.step_seconds)
        points = [
            (number - index, start + max(end - start - step, timedelta()) / 2, value)
            for index, (number, start, end, value) in enumerate(
                zip(self.numbers, self.starts, self.ends, self.values, strict=True)
            )
        ]
        return [
            [(at, value) for _, at, value in run]
            for _, run in groupby(points, lambda point: point[0])
        ]

    def shifted(self, shift: timedelta) -> "PercentileLine":
        """The same, later."""
        starts, ends = ([at + shift for at in each] for each in (self.starts, self.ends))
        return replace(self, starts=starts, ends=ends)

    def value_at(self, at: datetime) -> float | None:
        """The value of the step that an instant lies in."""
        index = bisect_right(self.starts, at) - 1
        return self.values[index] if index >= 0 and at < self.ends[index] else None


@dataclass(frozen=True, slots=True)
class Percentiles:
    """The lines of durations by share, and p95 of the period before, shifted onto this one; `None`
    without a comparison."""

    durations: DurationSteps
    lines: Mapping[float, PercentileLine]
    before: PercentileLine | None = None

    def values_at(self, share: float, starts: Sequence[datetime]) -> list[float | None]:
        """The values drawn at the steps that begin at `starts`; of a line that is left out those of
        each step itself."""
        line = self.lines[share]
        if line.is_left_out:
            return self.durations.values_at(share, starts)
        return [line.value_at(start) for start in starts]


def compared(
    durations: DurationSteps, before: DurationSteps | None, shift: timedelta, zone: ZoneInfo
) -> Percentiles:
    """The lines of all shares, and p95 of the period `shift` before in steps that are not
    shorter."""
    lines = lines_of(durations, zone)
    if before is None:
        return Percentiles(durations, lines)
    earlier = lines_of(before, zone, [P95], lines[P95].seconds)[P95]
    return Percentiles(durations, lines, earlier.shifted(shift))


def lines_of(
    durations: DurationSteps,
    zone: ZoneInfo,
    shares: Iterable[float] = LEAST_VALUES,
    least_seconds: int = 0,
) -> dict[float, PercentileLine]:
    """The line of each of `shares`, in the shortest steps from `least_seconds` on that hold enough
    values; longer ones than those measured divide the days of `zone`."""
    lines: dict[float, PercentileLine] = {}
    clock, missing = durations.clock(zone), list(shares)
    for seconds in _lengths(durations, least_seconds):
        joined = durations.joined(seconds, clock)
        lines |= {share: _line(joined, share, durations.seconds) for share in missing}
        missing = [share for share in missing if lines[share].is_left_out]
        if not missing:
            break
    return lines


def _lengths(durations: DurationSteps, least_seconds: int) -> list[int]:
    longest = durations.length.total_seconds() / LEAST_STEPS
    natural = natural_steps.lengths_of(durations.seconds)
    wider = [seconds for seconds in natural if durations.seconds < seconds <= longest]
    lengths = [durations.seconds, *wider]
    return [seconds for seconds in lengths if seconds >= least_seconds] or lengths[-1:]


def _line(joined: DurationSteps, share: float, step_seconds: int) -> PercentileLine:
    numbers = _drawn(joined, LEAST_VALUES[share])
    values = joined.quantiles_ms(share) if numbers else joined.n
    return PercentileLine(
        share=share,
        seconds=joined.seconds,
        step_seconds=step_seconds,
        numbers=numbers,
        starts=[joined.edges[number] for number in numbers],
        ends=[joined.edges[number + 1] for number in numbers],
        values=[float(values[number]) for number in numbers],
        n=[int(joined.n[number]) for number in numbers],
    )


def _drawn(joined: DurationSteps, least: int) -> list[int]:
    """The steps with values, none where too many of them hold fewer than `least`. A step that an
    end of the range cuts is drawn, and counts, if it holds them."""
    is_enough: NDArray[np.bool_] = joined.n >= least
    is_drawn = (joined.n > 0) & (is_enough | ~np.array(joined.is_cut, dtype=np.bool_))
    if not is_drawn.any() or is_enough[is_drawn].mean() < FILLED_SHARE:
        return []
    return [int(number) for number in np.flatnonzero(is_drawn)]
