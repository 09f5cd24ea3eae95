"""Lives of alerts for the tests: a rule, and looks at it every 15 seconds."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from analytics.alerting.lifecycle import state_machine
from analytics.alerting.lifecycle.alert_state import (
    AlertState,
    Observation,
    State,
    Step,
    Transition,
    Verdict,
)
from analytics.alerting.policy import notify
from analytics.alerting.rules.rule import Rule
from tests.conftest import NOON

LOOK = timedelta(seconds=15)


def a_rule(**fields: Any) -> Rule:
    """Latency p95 over 200 ms for a minute, cleared under 180 ms for a minute."""
    given: dict[str, Any] = {
        "name": "Slow", "source": "client", "metric": "latency_ms", "aggregation": "p95",
        "fire": 200, "clear": 180, "for_seconds": 60, "keep_firing_seconds": 60,
    }  # fmt: skip
    return Rule(**(given | fields))


@dataclass
class Life:
    """One alert's life as the evaluation leads it: a new standing after each end, all wishes told
    at once."""

    rule: Rule
    now: datetime = NOON
    standing: AlertState = field(init=False)
    transitions: list[Transition] = field(default_factory=list)
    told: list[tuple[datetime, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.standing = state_machine.begin(self.now)

    def look(self, verdict: Verdict, gap: timedelta = LOOK) -> State:
        """The next look; the state it leads to."""
        self.now += gap
        timing = state_machine.Timing.of(self.rule)
        if not self.standing.is_live:
            self.standing = state_machine.begin(self.now, self.standing.flips)
        step = state_machine.advance(timing, self.standing, Observation(verdict, 1.0, 9), self.now)
        self.take(step)
        return self.standing.state

    def looks(self, verdict: Verdict, seconds: int) -> State:
        """The same look again and again."""
        states = [self.look(verdict) for _ in range(seconds // 15)]
        return states[-1]

    def take(self, step: Step) -> None:
        self.transitions += step.transitions
        self.standing = step.standing
        kind = notify.wish(self.rule, self.standing, self.now)
        if kind is not None:
            self.told.append((self.now, kind))
            self.standing = notify.told(self.standing, kind, self.now)

    @property
    def states(self) -> list[str]:
        """The states it went through."""
        return [str(change.after) for change in self.transitions]


def lived(rule: Rule, verdicts: Iterable[Verdict]) -> Life:
    """The life after all `verdicts`."""
    life = Life(rule)
    for verdict in verdicts:
        life.look(verdict)
    return life
