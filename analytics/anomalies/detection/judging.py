"""From residuals to verdicts: deviates, rho on both scales, states."""

from dataclasses import dataclass

import numpy as np

from analytics.stats.scipy_loading import scipy_special

from . import tails
from .bands import Bands, Memory
from .calibration import DEGREES, FARTHEST_BEYOND, INCIDENT_RHO, directed, onset_rate
from .clock import DAY_SECONDS, WallClock
from .kinds import SeriesKind, StepState, TimeScale, Worse
from .scale import (
    COUNT_SD,
    by_chance,
    expected_to_scale,
    from_scale,
    to_scale,
    unit_sd,
    values_from_scale,
)
from .severity import LOW
from .stepping import Inputs, Residuals, stepped
from .steps import Codes, Floats, Mask, Steps, Verdicts
from .usual_hour import at_steps

LARGEST_RHO = 1000.0
FROZEN_RHO = 2.0  # at most, of a series that is frozen and else as expected


@dataclass(frozen=True, slots=True)
class Judged:
    """Verdicts, the memory after them, and what later bands are calibrated on, [S, T]: `chance`,
    the least spread of few events; rho of the sudden scale alone; whether a value `is_far` from
    what is usual, whatever it was shortly before. `scaled`: the values, less what chance alone
    moves the mean of few events by."""

    verdicts: Verdicts
    memory: Memory
    scaled: Floats
    residuals: Residuals
    chance: Floats
    sudden_rho: Floats
    is_far: Mask


def judged(bands: Bands, memory: Memory, steps: Steps, clock: WallClock) -> Judged:
    """Judge `steps`, whose local times are `clock`."""
    kind, values = bands.kind, steps.values
    scaled = to_scale(kind, values, steps.trials)
    unit = unit_sd(kind, scaled.shape, steps.trials)
    spread = bands.spread[:, clock.hour] * bands.widening[:, clock.off]
    base = at_steps(bands.usual, clock, bands.step_seconds)
    if steps.expected is not None:
        forecast = expected_to_scale(kind, steps.expected)
        base = np.where(np.isfinite(forecast), forecast, base)
    scaled -= np.nan_to_num(by_chance(kind, base, steps.trials))
    inputs = Inputs(
        steps.timestamps.astype(np.float64), values, scaled, base,
        np.maximum(spread, _one_event(kind, base, steps.trials)), unit, _weights(bands, steps),
    )  # fmt: skip
    residuals, after = stepped(bands, memory, inputs)
    chance = _chance(kind, residuals.expected, steps.trials)
    middle = _middle(residuals, scaled, unit)
    low = np.maximum(spread, chance)
    high = np.maximum(_near(bands, middle, low, unit), chance)
    spread = np.where(residuals.sudden > 0, high, low)
    deviates = tails.deviates(kind, steps, scaled, residuals.sudden, (unit, spread))
    sudden_rho = _rho(deviates, bands.sudden, bands.worse)
    slow_rho = _rho(residuals.slow, bands.sustained, bands.worse)
    state = _states(bands, residuals, values, low * unit)
    band = _drawn(bands, residuals, steps, middle, (unit, low, high))
    verdicts = _verdicts(bands, residuals, state, (sudden_rho, slow_rho), band)
    spread = np.where(residuals.home > 0, high, low)
    from_home = tails.deviates(kind, steps, scaled, residuals.home, (unit, spread))
    with np.errstate(invalid="ignore"):
        is_far = np.abs(from_home) > INCIDENT_RHO * bands.sudden[:, None]
    is_far &= state != StepState.LEARNING
    return Judged(verdicts, after, scaled, residuals, chance, sudden_rho, is_far)


def _middle(residuals: Residuals, scaled: Floats, unit: Floats) -> tuple[Floats, Floats]:
    """What low and high values are measured from, on the scale: a value may be near the expected
    one or near what it returns to after an incident."""
    home = scaled - residuals.home * unit
    home = np.where(np.isfinite(home), home, residuals.expected)
    return np.minimum(home, residuals.expected), np.maximum(home, residuals.expected)


def _near(bands: Bands, middle: tuple[Floats, Floats], spread: Floats, unit: Floats) -> Floats:
    """`spread` towards larger values, so that the band ends half as far again as the third largest
    value seen, or as its middle where that is higher: the quiet hours say how many spreads it
    reaches and the others how wide they are, which together may be far from any value."""
    if not np.isfinite(bands.highest).any():
        return spread
    value = values_from_scale(bands.kind, middle[1])
    top = FARTHEST_BEYOND * np.fmax(np.nan_to_num(bands.highest, nan=np.inf)[:, None], value)
    room = (to_scale(bands.kind, top) - middle[1]) / (bands.sudden[:, None] * unit)
    return np.fmin(spread, room)


def p_values(rho: Floats, bands: Bands) -> Floats:
    """The probability that chance begins an incident with so large a rho, by the tails of the kind
    through the rate at rho = 1; [S, T]."""
    special = scipy_special()
    degrees = DEGREES[bands.kind]
    sides = 1.0 if bands.worse is not Worse.BOTH else 2.0
    rate = onset_rate(bands.kind, bands.step_seconds) / 2.0  # of either scale
    edge = special.stdtrit(degrees, 1.0 - rate / sides)
    return np.asarray(np.minimum(2.0 * sides * special.stdtr(degrees, -edge * rho), 1.0))


def _weights(bands: Bands, steps: Steps) -> Floats:
    if steps.trials is None:
        return np.ones_like(steps.values)
    return np.clip(np.nan_to_num(steps.trials) / np.maximum(bands.trials, 1.0)[:, None], 0.0, 1.0)


def _chance(kind: SeriesKind, expected: Floats, trials: Floats | None) -> Floats:
    """The least spread, which chance alone makes of few events: their median may well be 0."""
    if kind not in (SeriesKind.COUNT, SeriesKind.RATIO):
        return np.zeros_like(expected)
    number = tails.events(kind, expected, trials)
    chance = np.minimum(1.0, np.sqrt(2.0 * number)) * (COUNT_SD if kind is SeriesKind.COUNT else 1)
    return np.where(number < tails.FEW_EVENTS, np.maximum(chance, 1e-6), 0.0)


def _one_event(kind: SeriesKind, base: Floats, trials: Floats | None) -> Floats:
    """The spread which keeps a single one of few events from being cut: without it the memory
    would follow the steps that have none."""
    if kind not in (SeriesKind.COUNT, SeriesKind.RATIO):
        return np.zeros_like(base)
    is_few = tails.events(kind, np.nan_to_num(base), trials) < tails.FEW_EVENTS
    return np.where(is_few, COUNT_SD if kind is SeriesKind.COUNT else 1.0, 0.0)


def _rho(deviates: Floats, width: Floats, worse: Worse) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        rho = directed(deviates, worse) / width[:, None]
    return np.minimum(np.nan_to_num(rho, nan=0.0, posinf=LARGEST_RHO), LARGEST_RHO)


def _states(bands: Bands, residuals: Residuals, values: Floats, sd: Floats) -> Codes:
    state = np.full(values.shape, int(StepState.OK), dtype=np.int8)
    state[residuals.run > bands.frozen_after[:, None]] = StepState.FROZEN
    if bands.kind is SeriesKind.RATIO:
        reach = np.maximum(residuals.expected, np.pi / 2.0 - residuals.expected)
        state[reach < bands.sudden[:, None] * sd] = StepState.TOO_FEW
    state[_is_early(residuals) | ~np.isfinite(sd)] = StepState.LEARNING
    state[~np.isfinite(values)] = StepState.NO_DATA
    return state


def _is_early(residuals: Residuals) -> Mask:
    """Before a day of values, or at an hour of which nothing is usual yet."""
    return np.asarray(~(residuals.age >= DAY_SECONDS) | (residuals.has_base == 0))


@dataclass(frozen=True, slots=True)
class _Band:
    expected: Floats
    low: Floats
    high: Floats


def _drawn(
    bands: Bands, residuals: Residuals, steps: Steps, middle: tuple[Floats, Floats],
    sizes: tuple[Floats, Floats, Floats],
) -> _Band:  # fmt: skip
    """The values that are not beyond the sudden band, from `middle` by the spreads to either side:
    of few events by the tails that judge them."""
    (low, high), (unit, below, above) = middle, sizes
    reach = bands.sudden[:, None] * unit
    limits = tails.Limits(bands.kind, steps.trials, below, bands.sudden)
    low = limits.low(low, values_from_scale(bands.kind, low - reach * below, steps.trials))
    limits = tails.Limits(bands.kind, steps.trials, above, bands.sudden)
    high = limits.high(high, values_from_scale(bands.kind, high + reach * above, steps.trials))
    expected = from_scale(bands.kind, residuals.expected)
    return _Band(expected, np.minimum(low, expected), np.maximum(high, expected))


def _verdicts(
    bands: Bands, residuals: Residuals, state: Codes, rhos: tuple[Floats, Floats], band: _Band
) -> Verdicts:
    sudden_rho, slow_rho = rhos
    is_judged = state == StepState.OK
    is_frozen = state == StepState.FROZEN
    rho = np.maximum(sudden_rho, slow_rho)
    with np.errstate(invalid="ignore"):
        frozen = np.minimum(residuals.run / bands.frozen_after[:, None], FROZEN_RHO)
    rho = np.where(is_frozen, np.maximum(rho, frozen), np.where(is_judged, rho, 0.0))
    scale = np.where(
        (slow_rho > sudden_rho) | is_frozen, TimeScale.SUSTAINED, TimeScale.SUDDEN
    ).astype(np.int8)
    state = np.where(is_judged & (rho >= LOW), StepState.ANOMALOUS, state).astype(np.int8)
    is_banded = (state != StepState.LEARNING) & ~_is_early(residuals)
    return Verdicts(
        expected=np.where(is_banded, band.expected, np.nan),
        low=np.where(is_banded, band.low, np.nan),
        high=np.where(is_banded, band.high, np.nan),
        rho=rho,
        slow_rho=np.where(is_judged | is_frozen, slow_rho, 0.0),
        score=rho / (1.0 + rho),
        p_value=p_values(rho, bands),
        state=state,
        scale=scale,
    )
