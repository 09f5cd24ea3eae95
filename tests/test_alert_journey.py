"""One country slows down and recovers: told once per way, taken care of, and kept to the second."""

from datetime import timedelta
from pathlib import Path

from analytics.actions import Actor
from analytics.alert_actions import AlertActions
from analytics.alert_reports import AlertReports
from models.database import Database
from models.recipients import Recipients
from tests.alert_life import a_rule
from tests.alert_world import World
from tests.conftest import NOON, Clock
from tests.test_store import rows

ADA = Actor("ada@example.com", "admin")
RULE = a_rule(
    split_by="country", minimum_n=10, window_seconds=60, for_seconds=120, keep_firing_seconds=120,
    repeat_seconds=600,
)  # fmt: skip


def told(database: Database) -> list[tuple[object, ...]]:
    return rows(
        database,
        "SELECT r.kind, o.content::json -> 0 ->> 'kind' FROM outbox o "
        "JOIN recipients r ON r.id = o.recipient_id ORDER BY o.created_at, r.kind",
    )


def test_the_whole_way(database: Database, clock: Clock, tmp_path: Path) -> None:
    world = World(database, clock, tmp_path).having(RULE)
    hook = {"kind": "webhook", "address": "https://example.com/hook", "name": "Pager"}
    wants = {"wants_resolved": True, "wants_digest": False, "paused": False}
    Recipients(database).add(hook | wants, NOON)
    reports, actions = AlertReports(database, clock), AlertActions(database, clock)

    world.browsers(120, BR=400, DE=40)
    assert told(database) == []
    world.browsers(15, BR=400, DE=40)
    assert told(database) == [("email", "firing"), ("webhook", "firing")]
    world.browsers(600, BR=400, DE=40)
    assert told(database)[2:] == [("email", "repeat"), ("webhook", "repeat")]

    (alert,) = reports.active().alerts
    assert (alert.labels, alert.since) == ({"country": "BR"}, NOON + timedelta(seconds=15))
    actions.acknowledge(ADA, alert.id, "calling the provider", clock() + timedelta(hours=2))
    world.browsers(1800, BR=400, DE=40)
    assert len(told(database)) == 4

    world.browsers(60 + 120 + 15, BR=40, DE=40)
    assert told(database)[4:] == [("email", "resolved"), ("webhook", "resolved")]
    assert reports.active().alerts == []
    story = [
        (one.after, (one.at - NOON).total_seconds(), one.actor)
        for one in reports.story(alert.id).transitions
    ]
    assert story == [
        ("pending", 15, ""),
        ("firing", 135, ""),
        ("acknowledged", 735, ADA.name),
        ("recovering", 2595, ""),
        ("resolved", 2715, ""),
    ]
