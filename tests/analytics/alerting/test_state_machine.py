"""The life of an alert: what leads where, and what can never happen."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.alerting.lifecycle import state_machine
from analytics.alerting.lifecycle.alert_state import ENDED, Acknowledgement, State, Step, Verdict
from analytics.alerting.lifecycle.state_machine import LONGEST_GAP
from analytics.alerting.policy import notify
from analytics.alerting.rules.rule import QuietHours, Rule
from tests.conftest import NOON
from tests.support.alerts.alert_life import LOOK, Life, a_rule, lived

FIRES, BETWEEN, CLEAR = Verdict.FIRES, Verdict.BETWEEN, Verdict.CLEAR
TOO_FEW, BEHIND, FAULTY = Verdict.TOO_FEW, Verdict.BEHIND, Verdict.FAULTY
PATIENT = a_rule(for_seconds=60, keep_firing_seconds=60)
HASTY = a_rule(for_seconds=0, keep_firing_seconds=0)
RULES = st.sampled_from([PATIENT, HASTY, a_rule(no_data="notify"), a_rule(no_data="keep")])
STEPS = st.lists(st.tuples(st.sampled_from(Verdict), st.integers(1, 12)), max_size=40)


def fired(rule: Rule = PATIENT) -> Life:
    life = Life(rule)
    life.looks(FIRES, 90)
    return life


def ack(life: Life, minutes: int | None = 60) -> None:
    until = None if minutes is None else life.now + timedelta(minutes=minutes)
    given_word = Acknowledgement("ada", "on it", life.now, until)
    life.take(state_machine.acknowledge(life.standing, given_word, life.now))


def test_the_whole_way() -> None:
    life = fired()
    ack(life)
    life.look(BETWEEN)
    life.looks(CLEAR, 90)
    assert life.states == ["pending", "firing", "acknowledged", "recovering", "resolved"]
    assert [kind for _, kind in life.told] == ["firing", "resolved"]


def test_it_fires_after_for_and_not_a_look_earlier() -> None:
    life = Life(PATIENT)
    assert [life.look(FIRES) for _ in range(5)] == [State.PENDING] * 4 + [State.FIRING]


def test_a_moment_within_the_limit_begins_anew() -> None:
    life = lived(PATIENT, [FIRES] * 4 + [BETWEEN] + [FIRES] * 4)
    assert life.standing.state is State.PENDING


def test_between_the_thresholds_what_fires_goes_on() -> None:
    life = fired()
    assert life.looks(BETWEEN, 3600) is State.FIRING


def test_a_pause_of_the_evaluation_is_no_proof() -> None:
    life = Life(PATIENT)
    life.look(FIRES)
    assert life.look(FIRES, LONGEST_GAP + LOOK) is State.PENDING
    assert life.looks(FIRES, 60) is State.FIRING
    life.look(CLEAR)
    assert life.look(CLEAR, LONGEST_GAP + LOOK) is State.RECOVERING


def test_silence_is_not_recovery() -> None:
    life = fired()
    assert life.looks(BEHIND, 86400 * 2) is State.NO_DATA
    assert life.look(FIRES) is State.FIRING
    assert [kind for _, kind in life.told] == ["firing", "repeat"]


def test_a_label_set_that_vanished_for_a_day_is_let_go() -> None:
    life = fired()
    assert life.looks(TOO_FEW, 86400) is State.NO_DATA
    assert life.look(TOO_FEW) is State.RESOLVED


def test_a_rule_may_tell_of_silence_or_overlook_it() -> None:
    telling_life = lived(a_rule(no_data="notify"), [BEHIND])
    assert telling_life.standing.state is State.NO_DATA
    assert [kind for _, kind in telling_life.told] == ["no_data"]
    telling_life.look(CLEAR)
    assert telling_life.told[-1][1] == "resolved"
    keeping = fired(a_rule(no_data="keep"))
    assert keeping.looks(BEHIND, 600) is State.FIRING


def test_a_fault_shows_once_and_goes_with_its_reason() -> None:
    life = lived(PATIENT, [FAULTY] * 10)
    assert life.standing.state is State.ERROR
    assert life.look(CLEAR) is State.RESOLVED
    assert [kind for _, kind in life.told] == ["error", "resolved"]


def test_an_acknowledgement_ends_in_time_and_is_told_again() -> None:
    life = fired()
    ack(life, minutes=60)
    assert life.looks(FIRES, 3600 - 15) is State.ACKNOWLEDGED
    assert life.look(FIRES) is State.FIRING
    assert [kind for _, kind in life.told] == ["firing", "repeat"]


def test_the_same_word_twice_is_one() -> None:
    life = fired()
    ack(life)
    before = life.standing
    again = Acknowledgement("ada", "on it", life.now + LOOK, life.now + timedelta(minutes=60))
    step = state_machine.acknowledge(before, again, life.now + LOOK)
    assert step == Step(before)
    assert state_machine.withdraw(fired().standing, "ada", life.now).transitions == ()


def test_withdrawn_it_fires_again() -> None:
    life = fired()
    ack(life)
    life.take(state_machine.withdraw(life.standing, "ada", life.now))
    assert life.states[-1] == "firing"


def test_an_acknowledgement_survives_a_short_recovery() -> None:
    life = fired()
    ack(life)
    life.look(CLEAR)
    assert life.look(FIRES) is State.ACKNOWLEDGED


def test_what_comes_and_goes_is_told_as_a_digest() -> None:
    life = Life(HASTY)
    for _ in range(8):
        life.looks(FIRES, 60)
        life.looks(CLEAR, 60)
    assert life.standing.state is State.FLAPPING
    kinds = [kind for _, kind in life.told]
    assert kinds.count("flapping") == 1
    assert kinds.count("firing") == 3
    assert life.looks(CLEAR, 3600) is State.INACTIVE
    assert life.told[-1][1] == "resolved"


@settings(deadline=None)
@given(RULES, STEPS)
def test_firing_needs_its_for(rule: Rule, steps: list[tuple[Verdict, int]]) -> None:
    life, bad_since = Life(rule), None
    for verdict, looks in steps:
        gap = LOOK * looks
        had_fired = life.standing.is_live and life.standing.fired_at is not None
        state = life.look(verdict, gap)
        is_broken = verdict is not FIRES or gap > LONGEST_GAP
        bad_since = (life.now if verdict is FIRES else None) if is_broken or bad_since is None \
            else bad_since  # fmt: skip
        if state in (State.FIRING, State.FLAPPING) and not had_fired:
            assert bad_since is not None
            assert (life.now - bad_since).total_seconds() >= life.rule.for_seconds


@settings(deadline=None)
@given(RULES, STEPS)
def test_only_figures_resolve(rule: Rule, steps: list[tuple[Verdict, int]]) -> None:
    life = Life(rule)
    for verdict, looks in steps:
        before = life.standing.state
        state = life.look(verdict, LOOK * looks)
        if state is State.RESOLVED and before is not State.RESOLVED:
            assert verdict in (CLEAR, BETWEEN)
            assert verdict is CLEAR or life.standing.fired_at is None


@settings(deadline=None)
@given(RULES, STEPS)
def test_what_fired_stays_until_it_was_clear_for_long_enough(
    rule: Rule, steps: list[tuple[Verdict, int]]
) -> None:
    life, clear_since = Life(rule), None
    for verdict, looks in steps:
        gap = LOOK * looks
        is_broken = verdict is not CLEAR or gap > LONGEST_GAP
        state = life.look(verdict, gap)
        clear_since = (life.now if verdict is CLEAR else None) if is_broken or clear_since is None \
            else clear_since  # fmt: skip
        if state is State.RESOLVED and life.standing.fired_at is not None:
            assert clear_since is not None
            kept = (life.now - clear_since).total_seconds()
            assert kept >= life.rule.keep_firing_seconds


@settings(deadline=None)
@given(RULES, STEPS, st.integers(1, 30))
def test_an_acknowledged_alert_asks_for_nobody_before_its_time(
    rule: Rule, steps: list[tuple[Verdict, int]], minutes: int
) -> None:
    life = fired(rule)
    ack(life, minutes)
    until, before = life.now + timedelta(minutes=minutes), len(life.told)
    for verdict, looks in steps:
        if not life.standing.is_live:
            return
        life.look(verdict, LOOK * looks)
        if life.standing.is_live and life.now < until:
            assert len(life.told) == before


@settings(deadline=None)
@given(RULES, STEPS)
def test_each_change_is_written_down_once_and_in_order(
    rule: Rule, steps: list[tuple[Verdict, int]]
) -> None:
    life = Life(rule)
    for verdict, looks in steps:
        life.look(verdict, LOOK * looks)
    state = State.INACTIVE
    for change in life.transitions:
        assert change.before is (State.INACTIVE if state in ENDED else state)
        assert change.after is not change.before
        state = change.after
    assert life.standing.state is state or state in ENDED
    assert [change.at for change in life.transitions] == sorted(c.at for c in life.transitions)


@settings(deadline=None)
@given(RULES, STEPS)
def test_one_trouble_is_told_once_within_the_repeat_limit(
    rule: Rule, steps: list[tuple[Verdict, int]]
) -> None:
    life = Life(rule)
    for verdict, looks in steps:
        life.look(verdict, LOOK * looks)
    repeats = [at for at, kind in life.told if kind == "repeat"]
    assert repeats == []  # forty looks do not last four hours


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
def test_quiet_hours_are_those_of_their_zone(
    start: str, end: str, zone: str, *, is_quiet: bool
) -> None:
    assert notify.is_quiet(QuietHours(start, end, zone), NOON) is is_quiet


def why_held(**around: Any) -> str | None:
    rule = a_rule(inhibited_by=("Server silent",), split_by="country")
    return notify.held("firing", rule, {"country": "BR"}, NOON, notify.SuppressionContext(**around))


def a_silence(**fields: Any) -> tuple[notify.Silence]:
    return (notify.Silence(starts_at=NOON, ends_at=NOON + timedelta(hours=1), **fields),)


def test_what_holds_a_message_back() -> None:
    assert why_held() is None
    assert why_held(silences=a_silence(labels={"country": "BR"})) == "silenced"
    assert why_held(silences=a_silence(labels={"country": "DE"})) is None
    assert why_held(silences=a_silence(rule="Other")) is None
    assert why_held(firing=frozenset({"Server silent"})) == "explained by Server silent"
    assert why_held(told_at=NOON - timedelta(minutes=1)) == "joins the next message of this rule"
    assert why_held(told_at=NOON - timedelta(minutes=5)) is None
