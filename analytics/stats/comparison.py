"""The change of a figure against another period, and whether it is significant."""

from dataclasses import dataclass, replace
from math import log, sqrt

from analytics.stats.estimates import Durations, Share
from analytics.stats.intervals import Z_95

LEAST_DIFFERENCE = 0.005
LEAST_RATE = 0.10
LEAST_LATENCY = 0.20
LEAST_LATENCY_N = 1000


@dataclass(frozen=True, slots=True)
class FigureChange:
    """`size` is a difference of shares or a relative change; `is_notable`: significant, large.
    `growth` makes changes of all figures comparable: the logarithm of the ratio, of shares of the
    odds ratio, so that a success and its failure grow by the same amount in opposite directions.
    """

    size: float
    is_notable: bool
    growth: float


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
    growth = _log_odds(now) - _log_odds(before)
    return FigureChange(size, beyond_chance and abs(size) >= LEAST_DIFFERENCE, growth)


def of_rates(
    events: float, exposure: float, events_before: float, exposure_before: float
) -> FigureChange | None:
    """Relative change of events per exposure, judged by the log interval of a rate ratio."""
    if not (events and exposure and events_before and exposure_before):
        return None
    ratio = (events / exposure) / (events_before / exposure_before)
    growth = log(ratio)
    is_beyond_chance = abs(growth) > Z_95 * sqrt(1 / events + 1 / events_before)
    is_notable = is_beyond_chance and abs(growth) > log(1 + LEAST_RATE)
    return FigureChange(ratio - 1, is_notable, growth)


def of_p95(now: Durations, before: Durations) -> FigureChange | None:
    """Relative change of a p95; notable from 20 % on when both have at least 1,000 values."""
    if not now.p95 or not before.p95:
        return None
    change = of_durations(now.p95, before.p95)
    enough = min(now.n, before.n) >= LEAST_LATENCY_N
    return replace(change, is_notable=enough and change.is_notable)


def of_durations(now: float, before: float) -> FigureChange:
    """Relative change of a duration that is known to be beyond chance; notable from 20 % on."""
    growth = log(now / before)
    return FigureChange(now / before - 1, abs(growth) >= log(1 + LEAST_LATENCY), growth)


def of_counts(now: int, before: int) -> float | None:
    """Relative change of a count; `None` when there was none before."""
    return now / before - 1 if before else None


def _log_odds(share: Share) -> float:
    """With half a trial added to each side (Haldane 1956), so that it is finite at 0 and 1."""
    successes = (share.value or 0.0) * share.n
    return log((successes + 0.5) / (share.n - successes + 0.5))
