"""The life cycle of an alert as pure functions: state, observation and time to the next state.

inactive -> pending -> firing -> acknowledged -> recovering -> resolved; no_data, error and flapping
are reached from any of the states between the ends. Missing data and faults never resolve an alert:
only measurements do, or a label set without data for a day while its source still sends.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from analytics.alerting.rules.rule import NoData, Rule
from models.metrics.alert_state import (
    ENDED,
    FIRING_STATES,
    Acknowledgement,
    AlertState,
    State,
    Transition,
)

from .observation import Observation, Verdict

LONGEST_GAP = timedelta(
    minutes=2
)  # a longer gap between evaluations restarts `for` and `keep_firing_for`
VANISHED_AFTER = timedelta(days=1)
FLAPPING_WINDOW = timedelta(hours=1)
FLAPPING_FLIPS = 4  # starts of firing within the window from which on it flaps
FLAPPING_CALM = timedelta(minutes=15)  # without a start of firing: flapping ends
TIMED_STATES = frozenset({State.PENDING, State.RECOVERING})
BAD_VERDICTS = frozenset({Verdict.FIRES, Verdict.BETWEEN})
NO_DATA_VERDICTS = frozenset({Verdict.TOO_FEW, Verdict.STALE})
JUDGED_VERDICTS = BAD_VERDICTS | {Verdict.CLEAR}


@dataclass(frozen=True, slots=True)
class Timing:
    """The durations of a rule, and its behaviour without data."""

    before_firing: timedelta
    before_resolving: timedelta
    no_data: NoData = "show"

    @classmethod
    def of(cls, rule: Rule) -> "Timing":
        """The timing of `rule`."""
        return cls(
            timedelta(seconds=rule.for_seconds),
            timedelta(seconds=rule.keep_firing_seconds),
            rule.no_data,
        )


@dataclass(frozen=True, slots=True)
class LifecycleStep:
    """The state after an evaluation or a user's action, and the transitions that led to it."""

    alert_state: AlertState
    transitions: tuple[Transition, ...] = ()


def initial_state(now: datetime, flips: tuple[datetime, ...] = ()) -> AlertState:
    """Inactive. `flips` are those of the label set's former alerts."""
    return AlertState(since=now, started_at=now, evaluated_at=now, flips=_recent_flips(flips, now))


def advance(
    timing: Timing, alert_state: AlertState, observation: Observation, now: datetime
) -> LifecycleStep:
    """The step from a live or inactive `alert_state` by one observation. `now` must not be before
    the last evaluation."""
    after = _next_state(timing, alert_state, observation, now)
    updated = _with_observation(alert_state, observation, after, now)
    if after is State.FIRING:
        after = _firing_variant(alert_state, updated, now)
    if after is alert_state.state:
        if after in TIMED_STATES and now - alert_state.evaluated_at > LONGEST_GAP:
            updated = replace(updated, since=now)
        return LifecycleStep(updated)
    reason = observation.reason or _REASONS.get(after, "")
    transition = _transition(alert_state.state, after, updated, now, reason=reason)
    if alert_state.state is State.INACTIVE:
        updated = replace(updated, started_at=now)
    return LifecycleStep(_in_state(updated, after, now), (transition,))


def as_of(alert_state: AlertState, now: datetime) -> AlertState:
    """The state without instants after `now`, which are from before the clock was set back: what
    they began begins now."""
    if alert_state.evaluated_at <= now:
        return alert_state
    names = ("since", "started_at", "evaluated_at", "fired_at", "notified_at")
    instants = {name: getattr(alert_state, name) for name in names}
    past = {name: at if at is None else min(at, now) for name, at in instants.items()}
    return replace(alert_state, **past, flips=tuple(at for at in alert_state.flips if at <= now))


def acknowledge(
    alert_state: AlertState, acknowledgement: Acknowledgement, now: datetime
) -> LifecycleStep:
    """Acknowledges a live alert; idempotent while the same acknowledgement is active."""
    former = alert_state.acknowledged
    if (
        former is not None
        and replace(acknowledgement, at=former.at) == former
        and former.is_active(now)
    ):
        return LifecycleStep(alert_state)
    updated = replace(alert_state, acknowledged=acknowledgement)
    is_bad = alert_state.state in FIRING_STATES
    after = State.ACKNOWLEDGED if is_bad else alert_state.state
    transition = _transition(
        alert_state.state, after, updated, now, reason=acknowledgement.note, by=acknowledgement.by
    )
    return LifecycleStep(_in_state(updated, after, now), (transition,))


def withdraw(alert_state: AlertState, by: str, now: datetime) -> LifecycleStep:
    """Withdraws the acknowledgement; without one nothing changes."""
    if alert_state.acknowledged is None:
        return LifecycleStep(alert_state)
    updated = replace(alert_state, acknowledged=None)
    was_acknowledged = alert_state.state is State.ACKNOWLEDGED
    after = State.FIRING if was_acknowledged else alert_state.state
    transition = _transition(
        alert_state.state, after, updated, now, reason="acknowledgement withdrawn", by=by
    )
    return LifecycleStep(_in_state(updated, after, now), (transition,))


def retire(alert_state: AlertState, reason: str, now: datetime, by: str = "") -> LifecycleStep:
    """Ends an alert that its rule no longer evaluates: inactive, not resolved."""
    transition = _transition(
        alert_state.state, State.INACTIVE, alert_state, now, reason=reason, by=by
    )
    return LifecycleStep(_in_state(alert_state, State.INACTIVE, now), (transition,))


_REASONS = {
    State.NO_DATA: "no data",
    State.RESOLVED: "within the limit again",
    State.RECOVERING: "within the limit",
    State.INACTIVE: "over before it lasted",
    State.FLAPPING: "comes and goes",
    State.ACKNOWLEDGED: "somebody takes care",
}


def _next_state(
    timing: Timing, alert_state: AlertState, observation: Observation, now: datetime
) -> State:
    if observation.verdict is Verdict.FAULTY:
        return State.ERROR
    if observation.verdict in NO_DATA_VERDICTS:
        return _without_data(timing, alert_state, observation, now)
    if alert_state.fired_at is None:
        return _before_firing(timing, alert_state, observation, now)
    if alert_state.state is State.FLAPPING and now - max(alert_state.flips) < FLAPPING_CALM:
        return State.FLAPPING
    if observation.verdict in BAD_VERDICTS:
        return State.FIRING
    lasted = _time_in_state(alert_state, State.RECOVERING, now)
    return State.RESOLVED if lasted >= timing.before_resolving else State.RECOVERING


def _before_firing(
    timing: Timing, alert_state: AlertState, observation: Observation, now: datetime
) -> State:
    if observation.verdict is Verdict.FIRES:
        lasted = _time_in_state(alert_state, State.PENDING, now)
        return State.FIRING if lasted >= timing.before_firing else State.PENDING
    was_error_or_no_data = alert_state.state in (State.ERROR, State.NO_DATA)
    return State.RESOLVED if was_error_or_no_data else State.INACTIVE


def _without_data(
    timing: Timing, alert_state: AlertState, observation: Observation, now: datetime
) -> State:
    is_error_or_no_data = alert_state.state in (State.ERROR, State.NO_DATA)
    has_vanished = alert_state.state is State.NO_DATA and now - alert_state.since >= VANISHED_AFTER
    if has_vanished and observation.verdict is Verdict.TOO_FEW:
        return State.RESOLVED
    if alert_state.fired_at is None and not is_error_or_no_data:
        is_silence = observation.verdict is Verdict.STALE or observation.n == 0
        return State.NO_DATA if timing.no_data == "notify" and is_silence else State.INACTIVE
    if timing.no_data == "keep" and alert_state.fired_at is not None:
        return State.FLAPPING if alert_state.state is State.FLAPPING else State.FIRING
    return State.NO_DATA


def _time_in_state(alert_state: AlertState, state: State, now: datetime) -> timedelta:
    """Time in `state` without a gap in evaluation; zero in any other state."""
    is_continuous = alert_state.state is state and now - alert_state.evaluated_at <= LONGEST_GAP
    return now - alert_state.since if is_continuous else timedelta()


def _with_observation(
    alert_state: AlertState, observation: Observation, after: State, now: datetime
) -> AlertState:
    was_bad, flips = alert_state.was_bad, alert_state.flips
    if observation.verdict in JUDGED_VERDICTS:
        was_bad = observation.verdict in BAD_VERDICTS and after in (State.FIRING, State.FLAPPING)
        if was_bad and not alert_state.was_bad:
            flips = (*_recent_flips(flips, now), now)
    return replace(
        alert_state,
        evaluated_at=now,
        value=observation.value,
        n=observation.n,
        was_bad=was_bad,
        flips=flips,
    )


def _firing_variant(before: AlertState, updated: AlertState, now: datetime) -> State:
    if updated.acknowledged is not None and updated.acknowledged.is_active(now):
        return State.ACKNOWLEDGED
    has_flipped = updated.flips != before.flips
    return State.FLAPPING if has_flipped and len(updated.flips) >= FLAPPING_FLIPS else State.FIRING


def _recent_flips(flips: tuple[datetime, ...], now: datetime) -> tuple[datetime, ...]:
    return tuple(flip for flip in flips if now - flip < FLAPPING_WINDOW)


def _transition(
    before: State,
    after: State,
    alert_state: AlertState,
    now: datetime,
    *,
    reason: str,
    by: str = "",
) -> Transition:
    return Transition(now, before, after, alert_state.value, alert_state.n, reason, by)


def _in_state(alert_state: AlertState, after: State, now: datetime) -> AlertState:
    if after is alert_state.state:
        return alert_state
    has_fired = after in FIRING_STATES
    return replace(
        alert_state,
        state=after,
        since=now,
        fired_at=now if has_fired and alert_state.fired_at is None else alert_state.fired_at,
        ended_at=now if after in ENDED else None,
    )
