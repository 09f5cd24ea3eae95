"""Resolves suppressed by a silence or quiet hours: pending after a firing notice, and sent once."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.alerting.evaluation import evaluation_round, notifying
from analytics.alerting.evaluation.evaluation_round import AlertChange, Evaluation, LoadedAlerts
from analytics.alerting.lifecycle.observation import Observation, Verdict
from analytics.alerting.policy.notify import Silence
from analytics.alerting.records import LoadedRule
from analytics.alerting.rules.rule import QuietHours, Rule
from models.alerts.alerts import AlertRow
from tests.support.alerts.alert_life import EVALUATION_INTERVAL, a_rule
from tests.support.clock import NOON

FIRES, CLEAR = Verdict.FIRES, Verdict.CLEAR
HASTY = a_rule(for_seconds=0, keep_firing_seconds=0)
LASTING = a_rule(for_seconds=0, keep_firing_seconds=60)
FOR_GOOD = (Silence(starts_at=NOON, ends_at=NOON + timedelta(days=366)),)
STEPS = st.lists(
    st.tuples(st.sampled_from([FIRES, CLEAR]), st.integers(1, 8), st.booleans()), max_size=30
)


def _notice_names(change: AlertChange) -> list[str]:
    """Its notice, `story` where that tells of both its start and its end."""
    kind, alert_state = change.notice_kind, change.row.alert_state
    if kind == "resolved" and not alert_state.firing_notified:
        return ["story"]
    return [kind] if kind else []


class RuleSimulation:
    """Notices of one rule evaluated every 15 seconds, on a store of plain values."""

    def __init__(self, rule: Rule = HASTY) -> None:
        self.rules: Sequence[LoadedRule] = [LoadedRule(1, rule)]
        self.silences: tuple[Silence, ...] = ()
        self.now = NOON
        self.rows: dict[int, AlertRow] = {}
        self.notices: list[str] = []
        self.reasons: list[str] = []
        self.unreachable: dict[str, str] = {}

    @property
    def pending_resolves(self) -> list[AlertRow]:
        return [row for row in self.rows.values() if row.alert_state.resolve_pending]

    @property
    def live(self) -> list[AlertRow]:
        return [row for row in self.rows.values() if row.alert_state.ended_at is None]

    def evaluate(self, verdict: Verdict, times: int = 1) -> list[str]:
        """The same verdict `times` times; all notices up to then."""
        for _ in range(times):
            self.now += EVALUATION_INTERVAL
            loaded_alerts = LoadedAlerts(
                live=self.live, pending_resolves=self.pending_resolves, silences=self.silences,
                unreachable=self.unreachable,
            )  # fmt: skip
            evaluations = [
                Evaluation(rule, {}, Observation(verdict, 1.0, 9)) for rule in self.rules
            ]
            changes = evaluation_round.alert_changes(
                self.rules, evaluations, loaded_alerts, self.now
            )
            for change in notifying.notify_changes(self.rules, changes, loaded_alerts, self.now):
                number = change.row.id or len(self.rows) + 1
                self.rows[number] = msgspec.structs.replace(change.row, id=number)
                self.notices += _notice_names(change)
                self.reasons += [transition.reason for transition in change.transitions]
        return self.notices


def silenced_simulation(*evaluations: tuple[Verdict, int], rule: Rule = HASTY) -> RuleSimulation:
    """A firing notice was sent; the `evaluations` after it were silenced."""
    simulation = RuleSimulation(rule)
    simulation.evaluate(FIRES)
    simulation.silences = FOR_GOOD
    for verdict, times in evaluations:
        simulation.evaluate(verdict, times)
    assert simulation.notices == ["firing"]
    simulation.silences = ()
    return simulation


def test_a_resolve_under_a_silence_is_sent_once_after_it() -> None:
    simulation = silenced_simulation((CLEAR, 20))
    (pending,) = simulation.pending_resolves
    assert simulation.evaluate(CLEAR) == ["firing", "resolved"]
    assert simulation.evaluate(CLEAR, 100) == ["firing", "resolved"]
    assert simulation.rows[1].alert_state.ended_at == pending.alert_state.ended_at
    assert pending.alert_state.ended_at == NOON + 2 * EVALUATION_INTERVAL


def test_a_resolve_in_quiet_hours_is_sent_after_them() -> None:
    simulation = RuleSimulation(a_rule(for_seconds=0, keep_firing_seconds=0,
                             quiet_hours=QuietHours("12:01", "13:00")))  # fmt: skip
    simulation.evaluate(FIRES, 4)
    simulation.evaluate(CLEAR, 4 * 59 - 1)
    assert simulation.notices == ["firing"]
    assert simulation.evaluate(CLEAR) == ["firing", "resolved"]
    assert f"{simulation.now:%H:%M}" == "13:00"


def test_an_alert_that_fires_again_drops_the_pending_resolve() -> None:
    simulation = silenced_simulation((CLEAR, 4), (FIRES, 4))
    assert simulation.evaluate(FIRES) == ["firing", "firing"]
    assert simulation.pending_resolves == []
    assert simulation.evaluate(CLEAR, 9) == ["firing", "firing", "resolved"]


def test_a_silenced_second_alert_adds_no_second_resolve() -> None:
    simulation = silenced_simulation((CLEAR, 4), (FIRES, 4), (CLEAR, 4))
    assert simulation.evaluate(CLEAR, 9) == ["firing", "resolved"]


def test_a_pending_resolve_waits_while_a_silenced_alert_recovers() -> None:
    simulation = silenced_simulation((CLEAR, 5), (FIRES, 1), (CLEAR, 1), rule=LASTING)
    assert simulation.evaluate(CLEAR, 3) == ["firing"]
    assert simulation.evaluate(CLEAR, 9) == ["firing", "resolved"]


def test_an_alert_without_a_notice_leaves_no_pending_resolve() -> None:
    simulation = RuleSimulation()
    simulation.silences = FOR_GOOD
    simulation.evaluate(FIRES, 9)
    simulation.evaluate(CLEAR, 9)
    simulation.silences = ()
    assert simulation.pending_resolves == []
    assert simulation.evaluate(CLEAR, 9) == []


def test_an_alert_that_was_silenced_from_begin_to_end_is_listed_with_the_reason() -> None:
    simulation = RuleSimulation()
    simulation.silences = FOR_GOOD
    simulation.evaluate(FIRES, 9)
    simulation.evaluate(CLEAR, 9)
    assert simulation.notices == []
    assert simulation.reasons[-1].endswith("not sent: silenced")


def test_an_alert_that_nobody_can_be_notified_of_says_so_once() -> None:
    simulation = RuleSimulation()
    simulation.unreachable = {"email": "no e-mail is set up", "webhook": "there is no recipient"}
    simulation.evaluate(FIRES, 9)
    simulation.evaluate(CLEAR, 9)
    assert simulation.notices == []
    reasons = [reason for reason in simulation.reasons if "not sent: no e-mail is set up" in reason]
    assert len(reasons) == 1


def test_an_alert_from_before_there_was_a_recipient_is_sent_to_the_first() -> None:
    simulation = RuleSimulation()
    simulation.unreachable = {"email": "there is no recipient", "webhook": "there is no recipient"}
    assert simulation.evaluate(FIRES, 40) == []
    simulation.unreachable = {}
    assert simulation.evaluate(FIRES) == ["firing"]
    assert simulation.evaluate(CLEAR, 9) == ["firing", "resolved"]


def test_a_silence_that_ends_while_the_alert_recovers_leaves_a_single_message_of_both() -> None:
    simulation = RuleSimulation(LASTING)
    simulation.silences = FOR_GOOD
    simulation.evaluate(FIRES, 2)
    simulation.evaluate(CLEAR)
    simulation.silences = ()
    assert simulation.evaluate(CLEAR, 9) == ["story"]


@pytest.mark.parametrize(
    "rules",
    [[], [LoadedRule(1, a_rule(notify_resolved=False))]],
    ids=["removed", "no resolve notices"],
)
def test_a_rule_without_resolve_notices_drops_the_pending_resolve(rules: list[LoadedRule]) -> None:
    simulation = silenced_simulation((CLEAR, 4))
    simulation.rules = rules
    assert simulation.evaluate(CLEAR, 9) == ["firing"]
    assert simulation.pending_resolves == []


@pytest.mark.parametrize("hours", [-2, 2])
def test_alerts_go_on_after_the_clock_was_set(hours: int) -> None:
    simulation = RuleSimulation(a_rule(for_seconds=60, keep_firing_seconds=60))
    simulation.evaluate(FIRES, 9)
    simulation.now += timedelta(hours=hours)
    simulation.evaluate(FIRES, 5)
    assert simulation.evaluate(CLEAR, 6) == ["firing", "resolved"]
    simulation.now += timedelta(hours=hours)
    assert simulation.evaluate(FIRES, 6)[2:] == ["firing"]


def test_an_unreadable_rule_keeps_its_pending_resolve() -> None:
    simulation = silenced_simulation((CLEAR, 4))
    sound = simulation.rules
    simulation.rules = [LoadedRule(1, a_rule(), "the metric is gone")]
    simulation.silences = FOR_GOOD
    simulation.evaluate(Verdict.FAULTY, 4)
    assert len(simulation.pending_resolves) == 1
    simulation.rules, simulation.silences = sound, ()
    assert simulation.evaluate(CLEAR, 4) == ["firing", "resolved"]


@settings(deadline=None)
@given(st.sampled_from([HASTY, LASTING, a_rule()]), STEPS)
def test_every_firing_notice_is_followed_by_a_single_resolve(
    rule: Rule, steps: list[tuple[Verdict, int, bool]]
) -> None:
    simulation = RuleSimulation(rule)
    for verdict, times, is_silent in steps:
        simulation.silences = FOR_GOOD if is_silent else ()
        for _ in range(times):
            before = len(simulation.notices)
            simulation.evaluate(verdict)
            if "resolved" in simulation.notices[before:]:
                assert not any(row.alert_state.fired_at for row in simulation.live)
    simulation.silences = ()
    simulation.evaluate(CLEAR, 4 * 60)
    assert simulation.pending_resolves == []
    assert simulation.notices[-1:] in ([], ["resolved"], ["story"])
    pairs = zip(["resolved", *simulation.notices], simulation.notices, strict=False)
    assert ("resolved", "resolved") not in pairs
