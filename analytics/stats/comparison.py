"""The change of a figure against another period, and whether it is significant."""

from dataclasses import dataclass
from math import log, sqrt

from analytics.stats.estimates import Durations, Share
from analytics.stats.intervals import Z_95

LEAST_DIFFERENCE = 0.005
LEAST_RATE = 0.10
LEAST_LATENCY = 0.20
LEAST_LATENCY_N = 1000


@dataclass(frozen=True, slots=True)
class FigureChange:
    """`size` is a difference of shares or a relative change; `is_notable`: significant, large."""

    size: float
    is_notable: bool


def of_shares(now: Share, before: Share) -> FigureChange | None:
    """Difference of two shares with Newcombe's hybrid score interval (1998, method 10)."""
    if now.value is None or before.value is None:
        return None
    if now.low is None or now.high is None or before.low is None or before.high is None:
        return None
    size = now.value - before.value
    below = sqrt((now.value - now.low) ** 2 + (before.high - before.value) ** 2)
    above = sqrt((now.high - now.value) ** 2 + (before.value - before.low) ** 2)
    beyond_chance = size - below > 0 or size + above < 0
    return FigureChange(size, beyond_chance and abs(size) >= LEAST_DIFFERENCE)


def of_rates(
    events: int, exposure: int, events_before: int, exposure_before: int
) -> FigureChange | None:
    """Relative change of events per exposure, judged by the log interval of a rate ratio."""
    if not (events and exposure and events_before and exposure_before):
        return None
    ratio = (events / exposure) / (events_before / exposure_before)
    half = Z_95 * sqrt(1 / events + 1 / events_before)
    beyond_chance = abs(log(ratio)) > half
    return FigureChange(ratio - 1, beyond_chance and abs(log(ratio)) > log(1 + LEAST_RATE))


def of_p95(now: Durations, before: Durations) -> FigureChange | None:
    """Relative change of a p95; notable from 20 % on when both have at least 1,000 values."""
    if not now.p95 or not before.p95:
        return None
    enough = min(now.n, before.n) >= LEAST_LATENCY_N
    size = now.p95 / before.p95 - 1
    return FigureChange(size, enough and abs(log(now.p95 / before.p95)) >= log(1 + LEAST_LATENCY))


def of_counts(now: int, before: int) -> float | None:
    """Relative change of a count; `None` when there was none before."""
    return now / before - 1 if before else None
