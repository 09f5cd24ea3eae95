"""Rules with their versions: unique names, references that follow a new name, a limit."""

from datetime import timedelta
from typing import Any

import pytest

from models.alerts import alert_rules
from models.alerts.alert_rules import (
    INSTALLATION,
    AlertRules,
    Body,
    RuleNameTaken,
    RuleReferenced,
    RuleRename,
    TooManyRules,
)
from models.alerts.silences import Silences
from models.database.engine import Database
from tests.support.alerts.alert_rows import alert_row, store_alerts
from tests.support.clock import NOON
from tests.support.store.postgres import rows

LATER = NOON + timedelta(hours=1)


def body(name: str, *inhibited_by: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "inhibited_by": list(inhibited_by), **more}


def test_each_change_is_a_version_and_an_equal_body_is_none(database: Database) -> None:
    rules = AlertRules(database)
    rule = rules.add(body("Slow", fire=200), "ada", NOON)
    assert rules.replace(rule.id, body("Slow", fire=200), "bob", LATER) == (rule, None)
    rules.replace(rule.id, body("Slow", fire=300), "bob", LATER)
    versions = [(v.version, v.actor, v.at, v.body) for v in rules.versions(rule.id)]
    assert versions == [
        (2, "bob", LATER, body("Slow", fire=300)),
        (1, "ada", NOON, body("Slow", fire=200)),
    ]


def test_a_changed_rule_remembers_when_it_was_made(database: Database) -> None:
    rules = AlertRules(database)
    rule = rules.add(body("Slow"), "ada", NOON)
    rules.replace(rule.id, body("Slow", fire=1), "bob", LATER)
    stored = rules.find(rule.id)
    assert stored is not None
    assert (stored.created_at, stored.changed_at, stored.changed_by) == (NOON, LATER, "bob")


def test_a_name_is_taken_by_a_new_rule_and_by_a_renamed_rule(database: Database) -> None:
    rules = AlertRules(database)
    rules.add(body("Slow"), "ada", NOON)
    other = rules.add(body("Drops"), "ada", NOON)
    with pytest.raises(RuleNameTaken, match="Slow"):
        rules.add(body("Slow"), "ada", NOON)
    with pytest.raises(RuleNameTaken, match="Slow"):
        rules.replace(other.id, body("Slow"), "ada", NOON)
    assert [rule.name for rule in rules.all()] == ["Drops", "Slow"]
    assert [version.version for version in rules.versions(other.id)] == [1]


def test_a_new_name_is_followed_by_rules_silences_and_live_alerts(database: Database) -> None:
    rules = AlertRules(database)
    slow = rules.add(body('Slow "x"'), "ada", NOON)
    follower = rules.add(body("Drops", "Other", 'Slow "x"'), "ada", NOON)
    store_alerts(database, alert_row(rule_id=slow.id, rule='Slow "x"'))
    for rule, hours in (('Slow "x"', 2), ('Slow "x"', 0), (None, 2)):
        ends = NOON + timedelta(hours=hours)
        values: dict[str, Any] = {
            "rule": rule,
            "labels": {},
            "starts_at": NOON,
            "ends_at": ends,
            "note": "",
        }
        Silences(database).add(values, "ada", NOON - timedelta(hours=1))
    changed = rules.replace(slow.id, body("Tardy"), "bob", LATER)
    assert changed is not None
    assert changed[1] == RuleRename('Slow "x"', ["Drops"], 1)
    assert rows(database, "SELECT rule FROM alerts") == [("Tardy",)]
    stored = rules.find(follower.id)
    assert stored is not None
    assert (stored.version, stored.body["inhibited_by"]) == (2, ["Other", "Tardy"])


def test_a_rule_that_inhibits_another_stays(database: Database) -> None:
    rules = AlertRules(database)
    slow = rules.add(body("Slow", "Slow"), "ada", NOON)  # itself is no reference
    drops = rules.add(body("Drops", "Slow"), "ada", NOON)
    with pytest.raises(RuleReferenced, match="Drops"):
        rules.remove(slow.id, "ada", LATER)
    assert rules.remove(drops.id, "ada", LATER) == drops
    assert rules.remove(slow.id, "ada", LATER) == slow


def test_versions_outlive_their_rule(database: Database) -> None:
    rules = AlertRules(database)
    rule = rules.add(body("Slow", fire=1), "ada", NOON)
    rules.remove(rule.id, "bob", LATER)
    assert rules.find(rule.id) is None
    assert [(v.version, v.actor, v.body) for v in rules.versions(rule.id)] == [
        (2, "bob", None),
        (1, "ada", body("Slow", fire=1)),
    ]
    assert rules.last_bodies([rule.id, rule.id + 1]) == {rule.id: body("Slow", fire=1)}
    assert rules.last_bodies([]) == {}


def test_what_does_not_exist_is_neither_changed_nor_removed(database: Database) -> None:
    rules = AlertRules(database)
    assert rules.replace(1, body("Slow"), "ada", NOON) is None
    assert rules.remove(1, "ada", NOON) is None
    assert rules.versions(1) == []


def test_rules_are_limited_in_number(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alert_rules, "MOST_RULES", 2)
    rules = AlertRules(database)
    first = rules.add(body("A"), "ada", NOON)
    rules.add(body("B"), "ada", NOON)
    with pytest.raises(TooManyRules):
        rules.add(body("C"), "ada", NOON)
    rules.remove(first.id, "ada", NOON)
    rules.add(body("C"), "ada", NOON)


def test_the_default_rules_are_installed_once_and_never_over_an_own_rule(
    database: Database,
) -> None:
    rules = AlertRules(database)
    own = rules.add(body("Slow", fire=7), "ada", NOON)
    for expected in (1, 0):
        with database.transaction() as connection:
            bodies: list[Body] = [body("Slow"), body("Drops")]
            assert alert_rules.install(connection, bodies, NOON) == expected
    assert [(rule.name, rule.changed_by) for rule in rules.all()] == [
        ("Drops", INSTALLATION),
        ("Slow", "ada"),
    ]
    assert rules.find(own.id) == own


def test_a_default_rule_of_a_later_version_is_added_to_what_is_installed(
    database: Database,
) -> None:
    with database.transaction() as connection:
        for bodies, expected in (([body("Slow")], 1), ([body("Slow"), body("Anomaly")], 1)):
            assert alert_rules.install(connection, bodies, NOON) == expected
    assert [rule.name for rule in AlertRules(database).all()] == ["Anomaly", "Slow"]


def test_removed_default_rules_do_not_come_back(database: Database) -> None:
    rules = AlertRules(database)
    with database.transaction() as connection:
        alert_rules.install(connection, [body("Slow")], NOON)
    (rule,) = rules.all()
    rules.remove(rule.id, "ada", LATER)
    with database.transaction() as connection:
        assert alert_rules.install(connection, [body("Slow")], LATER) == 0
    assert rules.all() == []
