"""From verdicts to what incidents are folded from: kinds of steps, and which can begin one; pure.

No data counts for an app as a whole alone, after twice its longest gap: values of a dimension come
and go with their users. A value that does not move counts for gauges and durations other than 0:
a share of exactly 1, or no event at all, is nothing unusual for hours.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analytics.anomalies.detection.kinds import SeriesKind, StepState, TimeScale, Worse
from analytics.anomalies.detection.severity import LOW
from analytics.anomalies.detection.steps import Floats, Ints, Mask, Steps, Verdicts
from analytics.anomalies.incidents.discovery import discoveries
from analytics.anomalies.incidents.parts import KINDS, JudgedSteps, Run
from analytics.anomalies.series.catalogue import JUDGED
from models.metrics.anomalies.incident import IncidentKind
from models.metrics.anomalies.series_key import SeriesKey

STILL_KINDS = (SeriesKind.GAUGE, SeriesKind.LATENCY)
LEAST_GAP_SECONDS = 1800
LARGEST_GAP_RHO = 2.0
LEAST_EVENTS, LEAST_SHARE = 0.25, 0.01
VALUES_SHARE = 5 / 60  # a p95 of fewer than 60 values begins no incident
BACK_SHARE = 0.25
NEVER = float("inf")


def plausible(
    verdicts: Verdicts, steps: Steps, sort: tuple[SeriesKind, Worse], first: Floats
) -> Verdicts:
    """The verdicts with states that say something. Before the first value a series learns (`first`
    [S] is NaN for those without any before these steps); standing still counts where values move; a
    deviation that nobody would notice is none, whatever its band; and with a value that is back
    near the expected one the sustained scale, which remembers three hours, says nothing. No band
    reaches below 0, as no measured amount does. `sort` is kind and bad direction of all series."""
    values, (kind, worse) = steps.values, sort
    is_before = (np.cumsum(np.isfinite(values), axis=1) == 0) & np.isnan(first)[:, None]
    state = np.where(is_before, StepState.LEARNING, verdicts.state)
    is_still = (state == StepState.FROZEN) & ~((kind in STILL_KINDS) & (values != 0))
    is_out = (values < verdicts.low) | (values > verdicts.high)
    rho = np.where(is_still & ~is_out, verdicts.slow_rho, verdicts.rho)
    state = np.where(is_still, np.where(rho >= LOW, StepState.ANOMALOUS, StepState.OK), state)
    is_usual = is_negligible(verdicts, steps, kind) | (~is_out & _is_back(verdicts, values, worse))
    is_usual &= state == StepState.ANOMALOUS
    state = np.where(is_usual, StepState.OK, state)
    rho = np.where(is_usual, np.minimum(rho, 1.0), rho)
    return replace(
        verdicts, low=np.maximum(verdicts.low, 0.0), rho=rho, score=rho / (1 + rho),
        state=state.astype(np.int8),
    )  # fmt: skip


def _is_back(verdicts: Verdicts, values: Floats, worse: Worse) -> Mask:
    """Whether a value lies within a quarter of the way to the edge of its band, or on the good side
    of the expected one."""
    deviation = values - verdicts.expected
    above, below = verdicts.high - verdicts.expected, verdicts.expected - verdicts.low
    is_above = (deviation > BACK_SHARE * above) & (worse is not Worse.DOWN)
    is_below = (-deviation > BACK_SHARE * below) & (worse is not Worse.UP)
    return np.asarray(~(is_above | is_below))


def is_negligible(verdicts: Verdicts, steps: Steps, kind: SeriesKind) -> Mask:
    """Whether the deviation is less than a quarter of an event, or of other kinds less than a
    hundredth of the expected value."""
    deviation = np.abs(steps.values - verdicts.expected)
    if kind is SeriesKind.COUNT:
        return np.asarray(deviation < LEAST_EVENTS)
    if kind is SeriesKind.RATIO and steps.trials is not None:
        return np.asarray(deviation * steps.trials < LEAST_EVENTS)
    return np.asarray(deviation < LEAST_SHARE * np.abs(verdicts.expected))


def events_of(values: Floats, n: Floats, expected: Floats, keys: Sequence[SeriesKey]) -> Floats:
    """By how many events each step deviates, [S, T]; a duration by a twelfth of its values,
    so that a p95 of few of them begins nothing."""
    deviation = np.nan_to_num(np.abs(values - expected))
    events = np.zeros(n.shape)
    for row, key in enumerate(keys):
        metric = JUDGED[key.source, key.metric]
        if metric.kind is SeriesKind.LATENCY:
            events[row] = n[row] * VALUES_SHARE
        elif metric.event_size:
            trials = n[row] if metric.kind is SeriesKind.RATIO else 1.0
            events[row] = deviation[row] * trials / metric.event_size
        else:
            events[row, deviation[row] > 0] = np.inf
    return events


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
    """Series that are judged together: ids, keys and arrays [S, T] of the same steps; `events` as
    `events_of` counts them."""

    ids: Sequence[int]
    keys: Sequence[SeriesKey]
    timestamps: Ints
    values: Floats
    verdicts: Verdicts
    gap_limits: Floats
    events: Floats

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
        events = np.where(kinds == KINDS.index(IncidentKind.DEVIATION), self.events[row], np.inf)
        return JudgedSteps(
            series_id=self.ids[row], key=self.keys[row], timestamps=self.timestamps, kinds=kinds,
            begins=begins, events=events, observed=self.values[row],
            expected=verdicts.expected[row], low=verdicts.low[row], high=verdicts.high[row],
            rho=rho,
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
