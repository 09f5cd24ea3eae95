"""The table of baselines: figures are read when they are needed, and rules keep theirs."""

from datetime import timedelta

import pytest

from models.alerts.alert_rules import AlertRules
from models.baselines import baselines as stored_baselines
from models.baselines.baselines import (
    BaselineNameTaken,
    BaselineRange,
    Baselines,
    BaselineWatched,
    PackedFigures,
    WatchedBaseline,
)
from models.database.engine import Database
from tests.support.clock import NOON

FIGURES = PackedFigures(b"cells", b"moments", b"hours")


def of(name: str) -> BaselineRange:
    return BaselineRange(
        name=name, note="", source="client", filters={"app": "portal"}, zone="UTC", hours=24,
        starts_at=NOON - timedelta(days=1), ends_at=NOON,
    )  # fmt: skip


def test_a_baseline_is_stored_under_its_name_until_no_rule_compares_with_it(
    database: Database,
) -> None:
    baselines = Baselines(database)
    june = baselines.add(of("June"), FIGURES, "ada", NOON)
    july = baselines.add(of("July"), FIGURES, "ada", NOON + timedelta(hours=1))
    assert [each.name for each in baselines.all()] == ["July", "June"]
    assert baselines.find(june.id) == june
    with pytest.raises(BaselineNameTaken):
        baselines.add(of("June"), FIGURES, "bob", NOON)
    with database.transaction() as connection:
        assert stored_baselines.with_figures(connection, july.id) == (july, FIGURES)
        assert stored_baselines.with_figures(connection, 999) is None
        watched = stored_baselines.watched(connection, {june.id, 999})
    assert watched == {june.id: WatchedBaseline("June", b"hours")}
    rules = AlertRules(database)
    body = {"name": "Slow", "baseline": june.id, "inhibited_by": []}
    rule = rules.add(body, "ada", NOON)
    with pytest.raises(BaselineWatched, match="Slow"):
        baselines.remove(june.id)
    assert baselines.remove(july.id) == july
    rules.remove(rule.id, "ada", NOON)
    assert baselines.remove(june.id) == june
    assert baselines.remove(june.id) is None
