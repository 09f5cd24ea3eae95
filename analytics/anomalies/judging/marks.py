"""From verdicts to what incidents are folded from: kinds of steps, and which can begin one; pure.

No data counts for an app as a whole alone, after twice its longest gap: values of a dimension come
and go with their users. A value that does not move counts for gauges and durations other than 0:
a share of exactly 1, or no event at all, is nothing unusual for hours.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analytics.anomalies.detection.kinds import SeriesKind, StepState, TimeScale
from analytics.anomalies.detection.severity import LOW
from analytics.anomalies.detection.steps import Floats, Ints, Mask, Verdicts
from analytics.anomalies.incidents.discovery import discoveries
from analytics.anomalies.incidents.parts import KINDS, JudgedSteps, Run
from models.metrics.anomalies.incident import IncidentKind
from models.metrics.anomalies.series_key import SeriesKey

STILL_KINDS = (SeriesKind.GAUGE, SeriesKind.LATENCY)
LEAST_GAP_SECONDS = 1800
LARGEST_GAP_RHO = 2.0
NEVER = float("inf")


def plausible(verdicts: Verdicts, values: Floats, kind: SeriesKind) -> Verdicts:
    """The verdicts, without frozen steps where standing still says nothing."""
    is_still = (verdicts.state == StepState.FROZEN) & ~((kind in STILL_KINDS) & (values != 0))
    if not is_still.any():
        return verdicts
    is_out = (values < verdicts.low) | (values > verdicts.high)
    rho = np.where(is_still & ~is_out, verdicts.slow_rho, verdicts.rho)
    judged = np.where(rho >= LOW, StepState.ANOMALOUS, StepState.OK)
    state = np.where(is_still, judged, verdicts.state)
    return replace(verdicts, rho=rho, score=rho / (1 + rho), state=state.astype(np.int8))


def gap_limits(values: Floats, keys: Sequence[SeriesKey]) -> Floats:
    """After how many steps without data each series [S] has an incident: twice its longest gap
    between data, half an hour at least; never for a series without data, or of a value."""
    limits = np.full(len(values), NEVER)
    for row, key in enumerate(keys):
        at = np.flatnonzero(np.isfinite(values[row]))
        if key.is_of_app and len(at):
            longest = int(np.diff(at).max(initial=1)) - 1
            limits[row] = max(2 * longest, LEAST_GAP_SECONDS // key.step_seconds)
    return limits


@dataclass(frozen=True, slots=True)
class Family:
    """Series that are judged together: ids, keys and arrays [S, T] of the same steps; `p_values`
    are those of the verdicts."""

    ids: Sequence[int]
    keys: Sequence[SeriesKey]
    timestamps: Ints
    values: Floats
    verdicts: Verdicts
    gap_limits: Floats

    def marked(self, runs: Sequence[Run | None]) -> list[JudgedSteps]:
        """The steps of each series; `runs` are what the steps before ended with."""
        states = self.verdicts.state
        lengths = _gap_lengths(states == StepState.NO_DATA, runs)
        gap_rho = lengths / self.gap_limits[:, None]
        is_gap = (lengths > 0) & np.isfinite(self.gap_limits)[:, None]
        kinds = np.full(states.shape, -1)
        kinds[states == StepState.ANOMALOUS] = KINDS.index(IncidentKind.DEVIATION)
        kinds[states == StepState.FROZEN] = KINDS.index(IncidentKind.FROZEN)
        kinds[is_gap] = KINDS.index(IncidentKind.NO_DATA)
        p_values = np.where(states == StepState.ANOMALOUS, self.verdicts.p_value, 1.0)
        begins = discoveries(p_values, self.keys[0].step_seconds) if self.keys else is_gap
        begins |= (states == StepState.FROZEN) | (is_gap & (gap_rho >= 1.0))
        rho = np.where(is_gap, np.minimum(gap_rho, LARGEST_GAP_RHO), self.verdicts.rho)
        return [self._steps(row, kinds[row], begins[row], rho[row]) for row in range(len(self.ids))]

    def _steps(self, row: int, kinds: Ints, begins: Mask, rho: Floats) -> JudgedSteps:
        verdicts = self.verdicts
        return JudgedSteps(
            series_id=self.ids[row], key=self.keys[row], timestamps=self.timestamps, kinds=kinds,
            begins=begins, observed=self.values[row], expected=verdicts.expected[row],
            low=verdicts.low[row], high=verdicts.high[row], rho=rho,
            is_sustained=verdicts.scale[row] == TimeScale.SUSTAINED,
        )  # fmt: skip


def _gap_lengths(is_gap: Mask, runs: Sequence[Run | None]) -> Floats:
    """How many steps without data there are up to each step, 0 where there is data."""
    lengths = np.zeros(is_gap.shape)
    before = np.array(
        [run.steps if run and run.kind is IncidentKind.NO_DATA else 0 for run in runs], np.float64
    )
    for step in range(is_gap.shape[1]):
        before = np.where(is_gap[:, step], before + 1, 0.0)
        lengths[:, step] = before
    return lengths
