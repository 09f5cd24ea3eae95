"""The answers about alerts, rules and silences, for API and pages alike. Times are aware UTC."""

from datetime import datetime
from typing import NamedTuple

import msgspec

from analytics.alerting.rules.rule import Rule


class FiringCounts(NamedTuple):
    """How many alerts fire: those nobody has acknowledged, and the others."""

    unacknowledged: int
    acknowledged: int


class Acknowledged(msgspec.Struct, frozen=True, kw_only=True):
    """Who takes care, since when and until when (null: for good)."""

    by: str
    note: str
    at: datetime
    until: datetime | None


class AlertResponse(msgspec.Struct, frozen=True, kw_only=True):
    """One alert. `since` is when the trouble began, `state_since` when the state did; `value` and
    `n` are of the last evaluation, `threshold` that of firing; `notified_at` is when the last
    message about it was queued."""

    id: int
    rule_id: int
    rule: str
    labels: dict[str, str]
    state: str
    severity: str
    since: datetime
    state_since: datetime
    fired_at: datetime | None
    ended_at: datetime | None
    notified_at: datetime | None
    value: float | None
    threshold: float | None
    n: int
    acknowledged: Acknowledged | None


class AlertListResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of `GET /api/ws/alerts`, the newest first."""

    alerts: list[AlertResponse]


class TransitionResponse(msgspec.Struct, frozen=True, kw_only=True):
    """One change of state; `actor` is empty where the evaluation made it."""

    at: datetime
    before: str
    after: str
    value: float | None
    threshold: float | None
    n: int
    actor: str
    reason: str


class AlertTimelineResponse(msgspec.Struct, frozen=True, kw_only=True):
    """One alert with all that became of it, in order."""

    alert: AlertResponse
    transitions: list[TransitionResponse]


class AlertTransitionResponse(msgspec.Struct, frozen=True, kw_only=True):
    """One change of state beside whose it was."""

    alert_id: int
    rule_id: int
    rule: str
    labels: dict[str, str]
    change: TransitionResponse


class RuleResponse(msgspec.Struct, frozen=True, kw_only=True):
    """A rule as it stands. One that cannot be read says why in `fault`, and `rule` is null."""

    id: int
    name: str
    version: int
    created_at: datetime
    changed_at: datetime
    changed_by: str
    rule: Rule | None
    fault: str | None


class RuleListResponse(msgspec.Struct, frozen=True, kw_only=True):
    """All rules by name."""

    rules: list[RuleResponse]


class RuleVersionResponse(msgspec.Struct, frozen=True, kw_only=True):
    """A rule as somebody left it; null where it was removed, or can no longer be read."""

    version: int
    at: datetime
    actor: str
    rule: Rule | None


class RuleVersionListResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The versions of one rule, the newest first."""

    versions: list[RuleVersionResponse]


class EpisodeResponse(msgspec.Struct, frozen=True, kw_only=True):
    """One time the rule would have fired."""

    labels: dict[str, str]
    start: datetime
    end: datetime


class SuggestionResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The mildest threshold that would have fired at most `times`; `fired` is how often."""

    times: int
    threshold: float
    fired: int


class PreviewSeriesResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The history of one label set: [time, value], the worst of each step; null without data."""

    labels: dict[str, str]
    points: list[tuple[datetime, float | None]]


class PreviewResponse(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule would have done in [start, end), looked at every `step_seconds`. `note` says
    what was tried instead, where the past is not kept as the rule looks at the present."""

    start: datetime
    end: datetime
    step_seconds: int
    sentence: str
    fired: int
    seconds: int
    unit: str
    episodes: list[EpisodeResponse]
    suggestions: list[SuggestionResponse]
    series: list[PreviewSeriesResponse]
    note: str = ""


class SilenceResponse(msgspec.Struct, frozen=True, kw_only=True):
    """One silence; without a `rule` it concerns all, without `labels` all label sets."""

    id: int
    rule: str | None
    labels: dict[str, str]
    starts_at: datetime
    ends_at: datetime
    note: str
    created_at: datetime
    created_by: str


class SilenceListResponse(msgspec.Struct, frozen=True, kw_only=True):
    """Silences of now and of later."""

    silences: list[SilenceResponse]
