"""The life of an alert as a pure function: a standing, a look at the figures, a time -> what next.

inactive -> pending -> firing -> acknowledged -> recovering -> resolved, and from any of the middle
ones no_data, error and flapping. Silence and faults never resolve anything; only figures do, and
an alert whose label set vanished for a day while others go on.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from analytics.alerting.rules.rule import NoData, Rule

from .alert_state import (
    ENDED,
    Acknowledgement,
    AlertState,
    Observation,
    State,
    Step,
    Transition,
    Verdict,
)

LONGEST_GAP = timedelta(minutes=2)  # a longer pause between two looks breaks what was continuous
VANISHED = timedelta(days=1)
FLAPS_WITHIN = timedelta(hours=1)
MOST_FLIPS = 4  # beginnings to fire within that time; the fourth is one too many
CALM = timedelta(minutes=15)
BAD = frozenset({Verdict.FIRES, Verdict.BETWEEN})
SILENT = frozenset({Verdict.TOO_FEW, Verdict.BEHIND})
JUDGED = BAD | {Verdict.CLEAR}


@dataclass(frozen=True, slots=True)
class Timing:
    """The durations of a rule, and what it does without data."""

    before_firing: timedelta
    before_resolving: timedelta
    no_data: NoData = "show"

    @classmethod
    def of(cls, rule: Rule) -> "Timing":
        """Those of `rule`."""
        return cls(
            timedelta(seconds=rule.for_seconds),
            timedelta(seconds=rule.keep_firing_seconds),
            rule.no_data,
        )


def begin(now: datetime, flips: tuple[datetime, ...] = ()) -> AlertState:
    """Nothing is wrong. `flips` are those of the label set's former alerts."""
    return AlertState(since=now, started_at=now, seen_at=now, flips=_recent(flips, now))


def advance(timing: Timing, standing: AlertState, seen: Observation, now: datetime) -> Step:
    """What `seen` makes of a live or inactive `standing`; `now` is not before the last look."""
    after = _next_state(timing, standing, seen, now)
    changed = _having_seen(standing, seen, after, now)
    if after is State.FIRING:
        after = _way_of_firing(standing, changed, now)
    if after is standing.state:
        if after in COUNTED and now - standing.seen_at > LONGEST_GAP:
            changed = replace(changed, since=now)
        return Step(changed)
    reason = seen.reason or _REASONS.get(after, "")
    note = _change(standing.state, after, changed, now, reason=reason)
    if standing.state is State.INACTIVE:
        changed = replace(changed, started_at=now)
    return Step(_moved(changed, after, now), (note,))


def acknowledge(standing: AlertState, given: Acknowledgement, now: datetime) -> Step:
    """Somebody takes care of a live alert; the same word again changes nothing."""
    former = standing.acknowledged
    if former is not None and replace(given, at=former.at) == former and former.holds(now):
        return Step(standing)
    changed = replace(standing, acknowledged=given)
    is_bad = standing.state in (State.FIRING, State.ACKNOWLEDGED, State.FLAPPING)
    after = State.ACKNOWLEDGED if is_bad else standing.state
    note = _change(standing.state, after, changed, now, reason=given.note, by=given.by)
    return Step(_moved(changed, after, now), (note,))


def withdraw(standing: AlertState, by: str, now: datetime) -> Step:
    """Nobody takes care any more; without an acknowledgement nothing changes."""
    if standing.acknowledged is None:
        return Step(standing)
    changed = replace(standing, acknowledged=None)
    is_held = standing.state is State.ACKNOWLEDGED
    after = State.FIRING if is_held else standing.state
    note = _change(standing.state, after, changed, now, reason="acknowledgement withdrawn", by=by)
    return Step(_moved(changed, after, now), (note,))


def put_away(standing: AlertState, reason: str, now: datetime, by: str = "") -> Step:
    """The rule judges this no more: it ends, which is not the same as resolved."""
    note = _change(standing.state, State.INACTIVE, standing, now, reason=reason, by=by)
    return Step(_moved(standing, State.INACTIVE, now), (note,))


COUNTED = frozenset({State.PENDING, State.RECOVERING})
_REASONS = {
    State.NO_DATA: "no data",
    State.RESOLVED: "within the limit again",
    State.RECOVERING: "within the limit",
    State.INACTIVE: "over before it lasted",
    State.FLAPPING: "comes and goes",
    State.ACKNOWLEDGED: "somebody takes care",
}


def _next_state(timing: Timing, standing: AlertState, seen: Observation, now: datetime) -> State:
    if seen.verdict is Verdict.FAULTY:
        return State.ERROR
    if seen.verdict in SILENT:
        return _without_data(timing, standing, seen, now)
    if standing.fired_at is None:
        return _before_firing(timing, standing, seen, now)
    if standing.state is State.FLAPPING and now - max(standing.flips) < CALM:
        return State.FLAPPING
    if seen.verdict in BAD:
        return State.FIRING
    lasted = _lasted(standing, State.RECOVERING, now)
    return State.RESOLVED if lasted >= timing.before_resolving else State.RECOVERING


def _before_firing(timing: Timing, standing: AlertState, seen: Observation, now: datetime) -> State:
    if seen.verdict is Verdict.FIRES:
        lasted = _lasted(standing, State.PENDING, now)
        return State.FIRING if lasted >= timing.before_firing else State.PENDING
    was_shown = standing.state in (State.ERROR, State.NO_DATA)
    return State.RESOLVED if was_shown else State.INACTIVE


def _without_data(timing: Timing, standing: AlertState, seen: Observation, now: datetime) -> State:
    is_shown = standing.state in (State.ERROR, State.NO_DATA)
    has_vanished = standing.state is State.NO_DATA and now - standing.since >= VANISHED
    if has_vanished and seen.verdict is Verdict.TOO_FEW:
        return State.RESOLVED
    if standing.fired_at is None and not is_shown:
        is_silence = seen.verdict is Verdict.BEHIND or seen.n == 0
        return State.NO_DATA if timing.no_data == "notify" and is_silence else State.INACTIVE
    if timing.no_data == "keep" and standing.fired_at is not None:
        return State.FLAPPING if standing.state is State.FLAPPING else State.FIRING
    return State.NO_DATA


def _lasted(standing: AlertState, state: State, now: datetime) -> timedelta:
    """For how long it has been in this state, as far as somebody looked all the time."""
    is_continuous = standing.state is state and now - standing.seen_at <= LONGEST_GAP
    return now - standing.since if is_continuous else timedelta()


def _having_seen(
    standing: AlertState, seen: Observation, after: State, now: datetime
) -> AlertState:
    was_bad, flips = standing.was_bad, standing.flips
    if seen.verdict in JUDGED:
        was_bad = seen.verdict in BAD and after in (State.FIRING, State.FLAPPING)
        if was_bad and not standing.was_bad:
            flips = (*_recent(flips, now), now)
    return replace(standing, seen_at=now, value=seen.value, n=seen.n, was_bad=was_bad, flips=flips)


def _way_of_firing(before: AlertState, changed: AlertState, now: datetime) -> State:
    if changed.acknowledged is not None and changed.acknowledged.holds(now):
        return State.ACKNOWLEDGED
    has_flipped = changed.flips != before.flips
    return State.FLAPPING if has_flipped and len(changed.flips) >= MOST_FLIPS else State.FIRING


def _recent(flips: tuple[datetime, ...], now: datetime) -> tuple[datetime, ...]:
    return tuple(flip for flip in flips if now - flip < FLAPS_WITHIN)


def _change(
    before: State, after: State, seen: AlertState, now: datetime, *, reason: str, by: str = ""
) -> Transition:
    return Transition(now, before, after, seen.value, seen.n, reason, by)


def _moved(standing: AlertState, after: State, now: datetime) -> AlertState:
    if after is standing.state:
        return standing
    has_fired = after in (State.FIRING, State.ACKNOWLEDGED, State.FLAPPING)
    return replace(
        standing,
        state=after,
        since=now,
        fired_at=now if has_fired and standing.fired_at is None else standing.fired_at,
        ended_at=now if after in ENDED else None,
    )
