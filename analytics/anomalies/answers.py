"""Incidents as API and pages read them."""

from datetime import datetime
from typing import Any

import msgspec

from analytics.anomalies.explain.answers import Explanation
from models.metrics.anomalies.incident import FeedbackVerdict


class ExplainedSlice(msgspec.Struct, frozen=True, kw_only=True):
    """What part of the deviation comes from a slice: values by dimension. `share` of 1 is all of
    it; shares of overlapping slices add up to more."""

    slice: dict[str, str]
    share: float | None


class FeedbackResponse(msgspec.Struct, frozen=True, kw_only=True):
    """What a person said of an incident, the last word on it."""

    verdict: FeedbackVerdict
    by: str
    note: str
    at: datetime


class Deviation(msgspec.Struct, frozen=True, kw_only=True):
    """What left its usual range and by how much, at its peak.

    `observed`, `expected`, `low` and `high` are in `unit` (a ratio is a share of 0 to 1); `rho` is
    the deviation in widths of the range: `low` severity from 1.05, `medium` from 1.5, `high` from
    2.5. `kind`: `deviation`, `no data`, `frozen`. `statistic` is `p95` of durations, else null.
    """

    kind: str
    metric: str
    label: str
    statistic: str | None
    unit: str
    dimension: dict[str, str]
    start: datetime
    end: datetime | None
    severity: str
    peak_at: datetime
    observed: float | None
    expected: float | None
    low: float | None
    high: float | None
    deviation: float | None
    deviation_percent: float | None
    rho: float
    scale: str


class PartResponse(Deviation, frozen=True, kw_only=True):
    """One series that took part; `steps` were beyond its range."""

    steps: int


class IncidentResponse(Deviation, frozen=True, kw_only=True):
    """One incident: the figures of its leading part, and [start, end) over all of its `parts`.

    `explanation` has the slices that stand out, none before it was made, `details` all of it;
    `causes` are a
    deployment, restart or reconnect storm near its start.
    """

    id: int
    source: str
    app: str
    until: datetime
    explanation: list[ExplainedSlice]
    details: Explanation | None = None
    causes: list[dict[str, Any]] = []
    parts: list[PartResponse] = []
    part_count: int = 0
    feedback: FeedbackResponse | None = None


class StateCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How many series are not judged now, and why."""

    learning: int = 0
    no_data: int = 0
    frozen: int = 0
    too_few: int = 0


class JudgedByPeople(msgspec.Struct, frozen=True, kw_only=True):
    """Of the incidents of a severity that people judged, how many were real."""

    real: int
    judged: int


class AnomalyList(msgspec.Struct, frozen=True, kw_only=True):
    """The incidents that overlap [start, end), the newest first. `series` are judged, `states`
    those that are not, `judged_until` how far; `severities` what a severity is worth by feedback.
    `is_cut`: there are more incidents than were read."""

    start: datetime
    end: datetime
    judged_until: datetime | None
    series: int
    states: StateCounts
    severities: dict[str, JudgedByPeople]
    incidents: list[IncidentResponse]
    is_cut: bool = False
