"""The states of an alert, and how long an acknowledgement lasts."""

from datetime import timedelta

import pytest

from models.metrics.alert_state import ACTIVE, ENDED, Acknowledgement, AlertState, State
from tests.support.clock import NOON


def test_every_state_but_pending_has_ended_or_is_active() -> None:
    assert {*State} - {State.PENDING} == ENDED | {*ACTIVE}
    assert ENDED.isdisjoint(ACTIVE)


@pytest.mark.parametrize("state", State)
def test_an_alert_lives_until_a_final_state(state: State) -> None:
    alert_state = AlertState(state=state, since=NOON, started_at=NOON, evaluated_at=NOON)
    assert alert_state.is_live == (state not in ENDED)


def test_an_acknowledgement_ends_at_its_time_or_never() -> None:
    hour = timedelta(hours=1)
    assert Acknowledgement("ada", "", NOON, None).is_active(NOON + 9999 * hour)
    limited = Acknowledgement("ada", "", NOON, NOON + hour)
    assert [limited.is_active(NOON + hours * hour) for hours in (0, 1, 2)] == [True, False, False]
