"""Incidents: kinds, verdicts of people, and the figures that an incident and its parts have."""

from datetime import datetime
from enum import StrEnum

import msgspec

from models.metrics.anomalies.series_key import SeriesKey


class IncidentKind(StrEnum):
    """A value left its band; there was no data where there always is; it did not move at all."""

    DEVIATION = "deviation"
    NO_DATA = "no data"
    FROZEN = "frozen"


class FeedbackVerdict(StrEnum):
    """What a person said of an incident."""

    EXPECTED = "expected"
    REAL = "real"


class IncidentFigures(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """[started_at, until) is from the first to the end of the last step beyond the band;
    `ended_at` is `None` while more may come.

    `rho`, the distance from the expected value over that of the limit, is the largest, at the step
    that starts at `peak_at`, as are `observed`, `expected`, `low` and `high` in the metric's units
    (`None`: no data, or no expectation). `severity` is `low`, `medium` or `high`, `scale` is
    `sudden` or `sustained`.
    """

    kind: IncidentKind
    severity: str
    started_at: datetime
    until: datetime
    ended_at: datetime | None
    peak_at: datetime
    scale: str
    observed: float | None
    expected: float | None
    low: float | None
    high: float | None
    rho: float

    @property
    def is_ongoing(self) -> bool:
        """Whether it has not ended."""
        return self.ended_at is None

    @property
    def deviation(self) -> float | None:
        """Observed minus expected."""
        if self.observed is None or self.expected is None:
            return None
        return self.observed - self.expected

    @property
    def deviation_percent(self) -> float | None:
        """The deviation in percent of the expected value; `None` where that is 0."""
        deviation = self.deviation
        return None if deviation is None or not self.expected else 100 * deviation / self.expected


class IncidentPart(IncidentFigures, frozen=True, kw_only=True, gc=False):
    """One series in an incident; `steps` were beyond its band. `incident_id` 0: in none yet."""

    series_id: int
    key: SeriesKey
    incident_id: int = 0
    steps: int
