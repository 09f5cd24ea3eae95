"""The life cycle of an alert: its transitions, and invariants of any sequence of verdicts."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.alerting.lifecycle import state_machine
from analytics.alerting.lifecycle.observation import Verdict
from analytics.alerting.lifecycle.state_machine import LONGEST_GAP, LifecycleStep
from analytics.alerting.policy import notify
from analytics.alerting.rules.rule import QuietHours, Rule
from models.metrics.alert_state import ENDED, Acknowledgement, State
from tests.support.alerts.alert_life import EVALUATION_INTERVAL, SimulatedAlert, a_rule, simulate
from tests.support.clock import NOON

FIRES, BETWEEN, CLEAR = Verdict.FIRES, Verdict.BETWEEN, Verdict.CLEAR
TOO_FEW, BEHIND, FAULTY = Verdict.TOO_FEW, Verdict.STALE, Verdict.FAULTY
PATIENT = a_rule(for_seconds=60, keep_firing_seconds=60)
HASTY = a_rule(for_seconds=0, keep_firing_seconds=0)
RULES = st.sampled_from([PATIENT, HASTY, a_rule(no_data="notify"), a_rule(no_data="keep")])
STEPS = st.lists(st.tuples(st.sampled_from(Verdict), st.integers(1, 12)), max_size=40)


def firing_alert(rule: Rule = PATIENT) -> SimulatedAlert:
    alert = SimulatedAlert(rule)
    alert.evaluate_for(FIRES, 90)
    return alert


def acknowledge(alert: SimulatedAlert, minutes: int | None = 60) -> None:
    until = None if minutes is None else alert.now + timedelta(minutes=minutes)
    acknowledgement = Acknowledgement("ada", "on it", alert.now, until)
    alert.apply(state_machine.acknowledge(alert.alert_state, acknowledgement, alert.now))


def test_the_full_life_cycle() -> None:
    alert = firing_alert()
    acknowledge(alert)
    alert.evaluate(BETWEEN)
    alert.evaluate_for(CLEAR, 90)
    assert alert.states == ["pending", "firing", "acknowledged", "recovering", "resolved"]
    assert [kind for _, kind in alert.notices] == ["firing", "resolved"]


def test_a_rule_fires_after_for_and_not_an_evaluation_earlier() -> None:
    alert = SimulatedAlert(PATIENT)
    assert [alert.evaluate(FIRES) for _ in range(5)] == [State.PENDING] * 4 + [State.FIRING]


def test_a_value_within_the_threshold_restarts_for() -> None:
    alert = simulate(PATIENT, [FIRES] * 4 + [BETWEEN] + [FIRES] * 4)
    assert alert.alert_state.state is State.PENDING


def test_between_the_thresholds_an_alert_keeps_firing() -> None:
    alert = firing_alert()
    assert alert.evaluate_for(BETWEEN, 3600) is State.FIRING


def test_a_gap_in_evaluation_restarts_the_durations() -> None:
    alert = SimulatedAlert(PATIENT)
    alert.evaluate(FIRES)
    assert alert.evaluate(FIRES, LONGEST_GAP + EVALUATION_INTERVAL) is State.PENDING
    assert alert.evaluate_for(FIRES, 60) is State.FIRING
    alert.evaluate(CLEAR)
    assert alert.evaluate(CLEAR, LONGEST_GAP + EVALUATION_INTERVAL) is State.RECOVERING


def test_missing_data_does_not_resolve() -> None:
    alert = firing_alert()
    assert alert.evaluate_for(BEHIND, 86400 * 2) is State.NO_DATA
    assert alert.evaluate(FIRES) is State.FIRING
    assert [kind for _, kind in alert.notices] == ["firing", "repeat"]


def test_a_label_set_without_data_for_a_day_resolves() -> None:
    alert = firing_alert()
    assert alert.evaluate_for(TOO_FEW, 86400) is State.NO_DATA
    assert alert.evaluate(TOO_FEW) is State.RESOLVED


def test_without_data_a_rule_notifies_or_keeps_firing() -> None:
    notifying = simulate(a_rule(no_data="notify"), [BEHIND])
    assert notifying.alert_state.state is State.NO_DATA
    assert [kind for _, kind in notifying.notices] == ["no_data"]
    notifying.evaluate(CLEAR)
    assert notifying.notices[-1][1] == "resolved"
    keeping = firing_alert(a_rule(no_data="keep"))
    assert keeping.evaluate_for(BEHIND, 600) is State.FIRING


def test_a_fault_notifies_once_and_resolves_with_its_cause() -> None:
    alert = simulate(PATIENT, [FAULTY] * 10)
    assert alert.alert_state.state is State.ERROR
    assert alert.evaluate(CLEAR) is State.RESOLVED
    assert [kind for _, kind in alert.notices] == ["error", "resolved"]


def test_an_expired_acknowledgement_repeats_the_notice() -> None:
    alert = firing_alert()
    acknowledge(alert, minutes=60)
    assert alert.evaluate_for(FIRES, 3600 - 15) is State.ACKNOWLEDGED
    assert alert.evaluate(FIRES) is State.FIRING
    assert [kind for _, kind in alert.notices] == ["firing", "repeat"]


def test_repeating_an_acknowledgement_changes_nothing() -> None:
    alert = firing_alert()
    acknowledge(alert)
    before = alert.alert_state
    again = Acknowledgement(
        "ada", "on it", alert.now + EVALUATION_INTERVAL, alert.now + timedelta(minutes=60)
    )
    step = state_machine.acknowledge(before, again, alert.now + EVALUATION_INTERVAL)
    assert step == LifecycleStep(before)
    assert state_machine.withdraw(firing_alert().alert_state, "ada", alert.now).transitions == ()


def test_a_withdrawn_acknowledgement_fires_again() -> None:
    alert = firing_alert()
    acknowledge(alert)
    alert.apply(state_machine.withdraw(alert.alert_state, "ada", alert.now))
    assert alert.states[-1] == "firing"


def test_an_acknowledgement_survives_a_short_recovery() -> None:
    alert = firing_alert()
    acknowledge(alert)
    alert.evaluate(CLEAR)
    assert alert.evaluate(FIRES) is State.ACKNOWLEDGED


def test_a_flapping_alert_is_notified_as_a_digest() -> None:
    alert = SimulatedAlert(HASTY)
    for _ in range(8):
        alert.evaluate_for(FIRES, 60)
        alert.evaluate_for(CLEAR, 60)
    assert alert.alert_state.state is State.FLAPPING
    kinds = [kind for _, kind in alert.notices]
    assert kinds.count("flapping") == 1
    assert kinds.count("firing") == 3
    assert alert.evaluate_for(CLEAR, 3600) is State.INACTIVE
    assert alert.notices[-1][1] == "resolved"


@settings(deadline=None)
@given(RULES, STEPS)
def test_firing_requires_for(rule: Rule, steps: list[tuple[Verdict, int]]) -> None:
    alert, bad_since = SimulatedAlert(rule), None
    for verdict, intervals in steps:
        gap = EVALUATION_INTERVAL * intervals
        had_fired = alert.alert_state.is_live and alert.alert_state.fired_at is not None
        state = alert.evaluate(verdict, gap)
        is_broken = verdict is not FIRES or gap > LONGEST_GAP
        if is_broken or bad_since is None:
            bad_since = alert.now if verdict is FIRES else None
        if state in (State.FIRING, State.FLAPPING) and not had_fired:
            assert bad_since is not None
            assert (alert.now - bad_since).total_seconds() >= alert.rule.for_seconds


@settings(deadline=None)
@given(RULES, STEPS)
def test_only_measurements_resolve(rule: Rule, steps: list[tuple[Verdict, int]]) -> None:
    alert = SimulatedAlert(rule)
    for verdict, intervals in steps:
        before = alert.alert_state.state
        state = alert.evaluate(verdict, EVALUATION_INTERVAL * intervals)
        if state is State.RESOLVED and before is not State.RESOLVED:
            assert verdict in (CLEAR, BETWEEN)
            assert verdict is CLEAR or alert.alert_state.fired_at is None


@settings(deadline=None)
@given(RULES, STEPS)
def test_a_fired_alert_resolves_only_after_keep_firing_for(
    rule: Rule, steps: list[tuple[Verdict, int]]
) -> None:
    alert, clear_since = SimulatedAlert(rule), None
    for verdict, intervals in steps:
        gap = EVALUATION_INTERVAL * intervals
        is_broken = verdict is not CLEAR or gap > LONGEST_GAP
        state = alert.evaluate(verdict, gap)
        if is_broken or clear_since is None:
            clear_since = alert.now if verdict is CLEAR else None
        if state is State.RESOLVED and alert.alert_state.fired_at is not None:
            assert clear_since is not None
            clear_seconds = (alert.now - clear_since).total_seconds()
            assert clear_seconds >= alert.rule.keep_firing_seconds


@settings(deadline=None)
@given(RULES, STEPS, st.integers(1, 30))
def test_an_acknowledged_alert_notifies_nobody_before_it_expires(
    rule: Rule, steps: list[tuple[Verdict, int]], minutes: int
) -> None:
    alert = firing_alert(rule)
    acknowledge(alert, minutes)
    until, before = alert.now + timedelta(minutes=minutes), len(alert.notices)
    for verdict, intervals in steps:
        if not alert.alert_state.is_live:
            return
        alert.evaluate(verdict, EVALUATION_INTERVAL * intervals)
        if alert.alert_state.is_live and alert.now < until:
            assert len(alert.notices) == before


@settings(deadline=None)
@given(RULES, STEPS)
def test_transitions_are_recorded_once_and_in_order(
    rule: Rule, steps: list[tuple[Verdict, int]]
) -> None:
    alert = SimulatedAlert(rule)
    for verdict, intervals in steps:
        alert.evaluate(verdict, EVALUATION_INTERVAL * intervals)
    state = State.INACTIVE
    for change in alert.transitions:
        assert change.before is (State.INACTIVE if state in ENDED else state)
        assert change.after is not change.before
        state = change.after
    assert alert.alert_state.state is state or state in ENDED
    assert [change.at for change in alert.transitions] == sorted(c.at for c in alert.transitions)


@settings(deadline=None)
@given(RULES, STEPS)
def test_no_notice_is_repeated_within_the_repeat_interval(
    rule: Rule, steps: list[tuple[Verdict, int]]
) -> None:
    alert = SimulatedAlert(rule)
    for verdict, intervals in steps:
        alert.evaluate(verdict, EVALUATION_INTERVAL * intervals)
    repeats = [at for at, kind in alert.notices if kind == "repeat"]
    assert repeats == []  # 40 x 12 evaluations last 2 h, below the interval of 4 h


@pytest.mark.parametrize(
    ("start", "end", "zone", "is_quiet"),
    [
        ("22:00", "06:00", "UTC", False),
        ("12:00", "12:01", "UTC", True),
        ("11:00", "12:00", "UTC", False),
        ("21:00", "06:00", "Asia/Tokyo", True),
        ("06:00", "08:00", "America/New_York", True),
    ],
)
def test_quiet_hours_are_in_their_time_zone(
    start: str, end: str, zone: str, *, is_quiet: bool
) -> None:
    assert notify.is_quiet(QuietHours(start, end, zone), NOON) is is_quiet


def suppression_reason(**context: Any) -> str | None:
    rule = a_rule(inhibited_by=("Server silent",), split_by="country")
    return notify.suppressed_by(
        "firing", rule, {"country": "BR"}, NOON, notify.SuppressionContext(**context)
    )


def a_silence(**fields: Any) -> tuple[notify.Silence]:
    return (notify.Silence(starts_at=NOON, ends_at=NOON + timedelta(hours=1), **fields),)


def test_every_reason_of_suppression() -> None:
    assert suppression_reason() is None
    assert suppression_reason(silences=a_silence(labels={"country": "BR"})) == "silenced"
    assert suppression_reason(silences=a_silence(labels={"country": "DE"})) is None
    assert suppression_reason(silences=a_silence(rule="Other")) is None
    assert suppression_reason(firing=frozenset({"Server silent"})) == "explained by Server silent"
    assert (
        suppression_reason(notified_at=NOON - timedelta(minutes=1))
        == "joins the next message of this rule"
    )
    assert suppression_reason(notified_at=NOON - timedelta(minutes=5)) is None
