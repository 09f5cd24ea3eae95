"""What people's verdicts on incidents mean for others; pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from analytics.anomalies.detection.severity import Severity
from analytics.stats.intervals import wilson
from models.metrics.anomalies.incident import IncidentPart

Likeness = tuple[str, str, str, str]  # source, app, metric, dimension


@dataclass(frozen=True, slots=True)
class SeverityMeaning:
    """Of the `judged` incidents of a severity so many were `real`; `share` with its 95 % interval,
    `None` without any."""

    severity: str
    real: int
    judged: int
    share: float | None
    low: float | None
    high: float | None


def meaning_of(real_by_severity: Mapping[str, tuple[int, int]]) -> list[SeverityMeaning]:
    """For each severity, from the numbers of real and of judged incidents: the largest first."""
    return [
        _meaning(severity.value, *real_by_severity.get(severity.value, (0, 0)))
        for severity in reversed(Severity)
    ]


def _meaning(severity: str, real: int, judged: int) -> SeverityMeaning:
    if not judged:
        return SeverityMeaning(severity, 0, 0, None, None, None)
    low, high = wilson(real / judged, judged)
    return SeverityMeaning(severity, real, judged, real / judged, low, high)


def likeness_of(part: IncidentPart) -> Likeness:
    """Incidents are alike that are of the same metric and dimension of an app, whatever its
    value."""
    return part.key.source, part.key.app, part.key.metric, part.key.dimension


def real_kinds(verdicts: Mapping[Likeness, tuple[int, int]]) -> Collection[Likeness]:
    """Those of which people called more real than expected, given how many of each: incidents like
    them are one severity higher, at most high."""
    return {likeness for likeness, (real, expected) in verdicts.items() if real > expected}
