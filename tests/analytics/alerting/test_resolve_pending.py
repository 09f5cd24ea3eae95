"""Ends that a silence or quiet hours held back: owed to those who were told, and told once."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.alerting.evaluation import evaluation_round, notifying
from analytics.alerting.evaluation.evaluation_round import Evaluation, LoadedAlerts
from analytics.alerting.lifecycle.alert_state import Observation, Verdict
from analytics.alerting.policy.notify import Silence
from analytics.alerting.records import LoadedRule
from analytics.alerting.rules.rule import QuietHours, Rule
from models.alerts.alerts import AlertRow
from tests.conftest import NOON
from tests.support.alerts.alert_life import LOOK, a_rule

FIRES, CLEAR = Verdict.FIRES, Verdict.CLEAR
HASTY = a_rule(for_seconds=0, keep_firing_seconds=0)
LASTING = a_rule(for_seconds=0, keep_firing_seconds=60)
FOR_GOOD = (Silence(starts_at=NOON, ends_at=NOON + timedelta(days=366)),)
STEPS = st.lists(
    st.tuples(st.sampled_from([FIRES, CLEAR]), st.integers(1, 8), st.booleans()), max_size=30
)


class Audience:
    """What people hear of one rule, looked at every 15 seconds, on a store of plain values."""

    def __init__(self, rule: Rule = HASTY) -> None:
        self.rules: Sequence[LoadedRule] = [LoadedRule(1, rule)]
        self.silences: tuple[Silence, ...] = ()
        self.now = NOON
        self.rows: dict[int, AlertRow] = {}
        self.heard: list[str] = []

    @property
    def owing(self) -> list[AlertRow]:
        return [row for row in self.rows.values() if row.owes_end]

    @property
    def live(self) -> list[AlertRow]:
        return [row for row in self.rows.values() if row.ended_at is None]

    def look(self, verdict: Verdict, times: int = 1) -> list[str]:
        """The same look some times; what was heard by then."""
        for _ in range(times):
            self.now += LOOK
            store = LoadedAlerts(live=self.live, owing=self.owing, silences=self.silences)
            seen = [Evaluation(rule, {}, Observation(verdict, 1.0, 9)) for rule in self.rules]
            made = evaluation_round.changes(self.rules, seen, store, self.now)
            for change in notifying.tell(self.rules, made, store, self.now):
                number = change.row.id or len(self.rows) + 1
                self.rows[number] = msgspec.structs.replace(change.row, id=number)
                self.heard += [change.kind] if change.kind else []
        return self.heard


def silenced(*looks: tuple[Verdict, int], rule: Rule = HASTY) -> Audience:
    """People heard that it fires; a silence lay over what came then."""
    people = Audience(rule)
    people.look(FIRES)
    people.silences = FOR_GOOD
    for verdict, times in looks:
        people.look(verdict, times)
    assert people.heard == ["firing"]
    people.silences = ()
    return people


def test_an_end_under_a_silence_is_told_once_when_that_is_over() -> None:
    people = silenced((CLEAR, 20))
    (owed,) = people.owing
    assert people.look(CLEAR) == ["firing", "resolved"]
    assert people.look(CLEAR, 100) == ["firing", "resolved"]
    assert people.rows[1].ended_at == owed.ended_at == NOON + 2 * LOOK


def test_an_end_in_quiet_hours_is_told_when_those_are_over() -> None:
    people = Audience(a_rule(for_seconds=0, keep_firing_seconds=0,
                             quiet_hours=QuietHours("12:01", "13:00")))  # fmt: skip
    people.look(FIRES, 4)
    people.look(CLEAR, 4 * 59 - 1)
    assert people.heard == ["firing"]
    assert people.look(CLEAR) == ["firing", "resolved"]
    assert f"{people.now:%H:%M}" == "13:00"


def test_what_fires_again_by_then_is_no_end() -> None:
    people = silenced((CLEAR, 4), (FIRES, 4))
    assert people.look(FIRES) == ["firing", "firing"]
    assert people.owing == []
    assert people.look(CLEAR, 9) == ["firing", "firing", "resolved"]


def test_what_fired_again_unheard_and_ended_is_one_end() -> None:
    people = silenced((CLEAR, 4), (FIRES, 4), (CLEAR, 4))
    assert people.look(CLEAR, 9) == ["firing", "resolved"]


def test_while_what_fired_unheard_recovers_no_end_is_told() -> None:
    people = silenced((CLEAR, 5), (FIRES, 1), (CLEAR, 1), rule=LASTING)
    assert people.look(CLEAR, 3) == ["firing"]
    assert people.look(CLEAR, 9) == ["firing", "resolved"]


def test_the_end_of_what_nobody_heard_of_is_owed_to_nobody() -> None:
    people = Audience()
    people.silences = FOR_GOOD
    people.look(FIRES, 9)
    people.look(CLEAR, 9)
    people.silences = ()
    assert people.owing == []
    assert people.look(CLEAR, 9) == []


@pytest.mark.parametrize(
    "rules", [[], [LoadedRule(1, a_rule(notify_resolved=False))]], ids=["removed", "told no more"]
)
def test_a_rule_that_tells_no_ends_any_more_owes_none(rules: list[LoadedRule]) -> None:
    people = silenced((CLEAR, 4))
    people.rules = rules
    assert people.look(CLEAR, 9) == ["firing"]
    assert people.owing == []


def test_a_rule_that_cannot_be_read_owes_until_it_can() -> None:
    people = silenced((CLEAR, 4))
    sound = people.rules
    people.rules = [LoadedRule(1, a_rule(), "the metric is gone")]
    people.silences = FOR_GOOD
    people.look(Verdict.FAULTY, 4)
    assert len(people.owing) == 1
    people.rules, people.silences = sound, ()
    assert people.look(CLEAR, 4) == ["firing", "resolved"]


@settings(deadline=None)
@given(st.sampled_from([HASTY, LASTING, a_rule()]), STEPS)
def test_whoever_heard_that_it_fires_hears_once_that_it_ended(
    rule: Rule, steps: list[tuple[Verdict, int, bool]]
) -> None:
    people = Audience(rule)
    for verdict, times, is_silent in steps:
        people.silences = FOR_GOOD if is_silent else ()
        for _ in range(times):
            before = len(people.heard)
            people.look(verdict)
            if "resolved" in people.heard[before:]:
                assert not any(row.fired_at for row in people.live)
    people.silences = ()
    people.look(CLEAR, 4 * 60)
    assert people.owing == []
    assert people.heard[-1:] in ([], ["resolved"])
    pairs = zip(["resolved", *people.heard], people.heard, strict=False)
    assert ("resolved", "resolved") not in pairs
