"""Alerts whose message was not sent when it was due: by one message of both, or with the reason."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from models.database.engine import Database
from settings import Settings
from tests.support.alerts.alert_life import a_rule
from tests.support.alerts.alert_world import World
from tests.support.clock import NOON, Clock
from tests.support.store.postgres import rows

SLOW = a_rule(split_by="country", minimum_n=1, window_seconds=120)


@pytest.fixture
def world(database: Database, clock: Clock, tmp_path: Path) -> World:
    return World(database, clock, tmp_path)


def test_an_alert_that_lived_while_its_rule_had_just_sent_a_message_is_reported_by_its_story(
    world: World,
) -> None:
    world.with_rules(
        a_rule(
            split_by="country", minimum_n=1, window_seconds=60, for_seconds=0, keep_firing_seconds=0
        )
    )
    world.simulate(15, BR=400, DE=40)
    world.simulate(15, BR=400, DE=4000)
    world.simulate(150, BR=400, DE=40)
    assert world.kinds() == [["firing"], ["resolved"]]
    ((fired,), (ended,)) = world.notices()
    assert (fired.labels, ended.labels) == ({"country": "BR"}, {"country": "DE"})
    assert ended.earlier == (("firing", NOON + timedelta(seconds=30)),)


def test_without_mail_an_alert_says_that_it_was_not_sent(world: World) -> None:
    world.context = replace(world.context, settings=Settings())
    world.with_rules(SLOW)
    world.simulate(75, BR=400)
    world.simulate(300, BR=40)
    assert world.notices() == []
    reasons = "SELECT reason FROM alert_transitions WHERE reason LIKE '%not sent%'"
    assert rows(world.database, reasons) == [("not sent: no e-mail is set up",)]
