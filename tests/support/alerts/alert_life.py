"""Simulated alerts for the tests: a rule, evaluated every 15 seconds."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from analytics.alerting.lifecycle import state_machine
from analytics.alerting.lifecycle.observation import Observation, Verdict
from analytics.alerting.lifecycle.state_machine import LifecycleStep
from analytics.alerting.policy import notify
from analytics.alerting.rules.rule import Rule
from models.metrics.alert_state import AlertState, State, Transition
from tests.support.clock import NOON

EVALUATION_INTERVAL = timedelta(seconds=15)


def a_rule(**fields: Any) -> Rule:
    """Latency p95 over 200 ms for a minute, cleared under 180 ms for a minute."""
    defaults: dict[str, Any] = {
        "name": "Slow", "source": "client", "metric": "latency_ms", "aggregation": "p95",
        "fire": 200, "clear": 180, "for_seconds": 60, "keep_firing_seconds": 60,
    }  # fmt: skip
    return Rule(**(defaults | fields))


@dataclass
class SimulatedAlert:
    """One alert under the evaluation: a new state after each end, all due notices sent at once."""

    rule: Rule
    now: datetime = NOON
    alert_state: AlertState = field(init=False)
    transitions: list[Transition] = field(default_factory=list)
    notices: list[tuple[datetime, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.alert_state = state_machine.initial_state(self.now)

    def evaluate(self, verdict: Verdict, gap: timedelta = EVALUATION_INTERVAL) -> State:
        """The next evaluation; returns the state it leads to."""
        self.now += gap
        timing = state_machine.Timing.of(self.rule)
        if not self.alert_state.is_live:
            self.alert_state = state_machine.initial_state(self.now, self.alert_state.flips)
        step = state_machine.advance(
            timing, self.alert_state, Observation(verdict, 1.0, 9), self.now
        )
        self.apply(step)
        return self.alert_state.state

    def evaluate_for(self, verdict: Verdict, seconds: int) -> State:
        """The same verdict every 15 seconds; returns the last state."""
        states = [self.evaluate(verdict) for _ in range(seconds // 15)]
        return states[-1]

    def apply(self, step: LifecycleStep) -> None:
        self.transitions += step.transitions
        self.alert_state = step.alert_state
        kind = notify.due_notice(self.rule, self.alert_state, self.now)
        if kind is not None:
            self.notices.append((self.now, kind))
            self.alert_state = notify.after_notice(self.alert_state, kind, self.now)

    @property
    def states(self) -> list[str]:
        """The states it went through."""
        return [str(change.after) for change in self.transitions]


def simulate(rule: Rule, verdicts: Iterable[Verdict]) -> SimulatedAlert:
    """The alert after all `verdicts`."""
    alert = SimulatedAlert(rule)
    for verdict in verdicts:
        alert.evaluate(verdict)
    return alert
