"""What happened near the start of an incident and may have caused it; pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.metrics.anomalies.series_key import STEP_SECONDS

BEFORE, AFTER = timedelta(minutes=30), timedelta(minutes=5)  # of the start
STORM_AFTER = timedelta(minutes=30)
STORM_SHARE = 0.2  # of the open sessions that try to reconnect in a minute
EVENT_KINDS = ("deploy", "planned-restart", "restart")
STORM = "reconnect storm"
Cause = dict[str, object]


@dataclass(frozen=True, slots=True)
class NearEvent:
    """A moment that charts mark; without an `app` it concerns all."""

    at: datetime
    kind: str
    title: str
    app: str | None = None


@dataclass(frozen=True, slots=True)
class ReconnectStep:
    """Five minutes of an app: attempts to reconnect, the upper end of their band, and the sessions
    heard."""

    starts_at: datetime
    attempts: float | None
    high: float | None
    sessions: float | None

    @property
    def per_minute(self) -> float:
        """Attempts a minute."""
        return (self.attempts or 0.0) * 60 / STEP_SECONDS

    @property
    def is_storm(self) -> bool:
        """Whether there are more attempts than the band has, and a minute more than a fifth of the
        open sessions."""
        if self.attempts is None or self.high is None or not self.sessions:
            return False
        return self.attempts > self.high and self.per_minute > STORM_SHARE * self.sessions


def near(started_at: datetime) -> tuple[datetime, datetime]:
    """The range that may hold causes of an incident: [start, end)."""
    return started_at - BEFORE, started_at + max(AFTER, STORM_AFTER)


def causes_of(
    started_at: datetime, app: str, events: Iterable[NearEvent], steps: Iterable[ReconnectStep]
) -> list[Cause]:
    """Deployments and restarts from half an hour before the start to five minutes after it, in
    order; and the strongest step of a reconnect storm from half an hour before to half an hour
    after."""
    causes: list[Cause] = [
        {"kind": event.kind, "title": event.title, "at": event.at}
        for event in sorted(events, key=lambda each: each.at)
        if event.kind in EVENT_KINDS
        and event.app in (None, app)
        and started_at - BEFORE <= event.at <= started_at + AFTER
    ]
    storms = [
        step
        for step in steps
        if step.is_storm and started_at - BEFORE <= step.starts_at <= started_at + STORM_AFTER
    ]
    if storms:
        strongest = max(storms, key=lambda step: step.per_minute)
        causes.append(
            {
                "kind": STORM, "at": strongest.starts_at, "sessions": strongest.sessions,
                "attempts_per_minute": round(strongest.per_minute, 1),
            }
        )  # fmt: skip
    return causes
