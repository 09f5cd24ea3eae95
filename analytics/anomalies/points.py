"""Stored steps as the points of a chart, at most about `MOST_POINTS`; pure.

Steps are joined to longer ones of a natural length. A joined step stands for its steps by their
means, of the values as of the bounds: values within their ranges stay within. Where a step left
its range, that with the largest rho stands for all, so that no incident is averaged away.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby

from analytics.anomalies.detection.kinds import StepState
from analytics.anomalies.detection.severity import severity
from analytics.ranges import natural_steps
from models.anomalies.steps import AnomalyStep

MOST_POINTS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One step: `observed` is `None` without data and ahead of time, `expected`, `low` and `high`
    while the series learns. `n` single values; `sessions` of a step, the most of those joined.
    `severity` is set where the step, or one of those joined, left its range."""

    t: datetime
    observed: float | None
    expected: float | None
    low: float | None
    high: float | None
    n: int
    sessions: int
    severity: str | None = None
    is_ahead: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    """Consecutive points of `seconds` each."""

    seconds: int
    points: Sequence[Point]

    @property
    def n(self) -> int:
        """Single values behind all points."""
        return sum(each.n for each in self.points)

    @property
    def sessions(self) -> int:
        """The most sessions of a step."""
        return max((each.sessions for each in self.points), default=0)


def points_of(steps: Sequence[AnomalyStep], step_seconds: int, length: timedelta) -> Points:
    """The points of `steps`, ascending, of a chart that covers `length`."""
    least = length.total_seconds() / MOST_POINTS
    seconds = natural_steps.natural_seconds(step_seconds, least)
    return Points(seconds, [
        _joined(start, list(group))
        for (start, _), group in groupby(steps, key=lambda each: _key(each, seconds))
    ])  # fmt: skip


def _key(step: AnomalyStep, seconds: int) -> tuple[datetime, bool]:
    start = step.starts_at.timestamp() // seconds * seconds
    return datetime.fromtimestamp(start, UTC), step.state is None


def _joined(start: datetime, steps: Sequence[AnomalyStep]) -> Point:
    anomalous = [each for each in steps if each.state == StepState.ANOMALOUS]
    own = max(anomalous, key=_rho) if anomalous else None
    members = [own] if own else steps
    return Point(
        t=start,
        observed=_mean(each.observed for each in members),
        expected=_mean(each.expected for each in members),
        low=_mean(each.low for each in members),
        high=_mean(each.high for each in members),
        n=sum(each.n or 0 for each in steps),
        sessions=max(each.sessions or 0 for each in steps),
        severity=_severity(_rho(own)) if own else None,
        is_ahead=steps[0].state is None,
    )


def _rho(step: AnomalyStep) -> float:
    return max(step.rho or 0.0, step.slow_rho or 0.0)


def _severity(rho: float) -> str:
    by_size = severity(rho)
    return "low" if by_size is None else by_size.value


def _mean(values: Iterable[float | None]) -> float | None:
    present = [value for value in values if value is not None]
    return sum(present) / len(present) if present else None
