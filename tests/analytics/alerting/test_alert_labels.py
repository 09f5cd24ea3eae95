"""Rules on labels of counts and on sessions: alerts fire, carry the label, and resolve."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from analytics.alerting.evaluation.row_index import RowIndex
from analytics.alerting.preview.past import load_history
from analytics.alerting.preview.preview import preview_of
from analytics.alerting.rules.rule import Rule
from analytics.jobs import alerts
from models.database.engine import Database
from models.raw.report_insert import ClientReports
from models.raw.sample_insert import ServerSamples
from tests.analytics.alerting.test_window_values import MINUTES
from tests.support.alerts.alert_life import a_rule
from tests.support.alerts.alert_world import World
from tests.support.clock import NOON, Clock
from tests.support.store.report_factory import report
from tests.support.store.sample_factory import a_sample

PER_COUNTRY: dict[str, Any] = {
    "metric": "close_codes", "aggregation": "rate", "filters": {"code": "1006"},
    "split_by": "country", "fire": 5, "clear": None, "window_seconds": 60, "for_seconds": 15,
}  # fmt: skip
PER_CODE = {**PER_COUNTRY, "filters": {"country": "BR"}, "split_by": "code"}


@pytest.fixture
def world(database: Database, clock: Clock, tmp_path: Path) -> World:
    return World(database, clock, tmp_path)


def report_close_codes(world: World, seconds: int, **codes: dict[str, int]) -> None:
    """Each country's sessions report their close codes every 15 seconds."""
    for _ in range(seconds // 15):
        world.clock.advance(seconds=15)
        at = world.clock() - timedelta(seconds=1)
        world.report(*(
            report(country=country, period_end=at, close_codes=counts,
                   session_id=UUID(int=country_number * 1000 + number),
                   abnormal_closes=int("1006" in counts))
            for country_number, (country, counts) in enumerate(codes.items(), 1)
            for number in range(20)
        ))  # fmt: skip
        alerts.step(world.context)


def test_a_close_code_fires_in_its_country_and_resolves(world: World) -> None:
    world.with_rules(a_rule(**PER_COUNTRY))
    report_close_codes(world, 75, BR={"1006": 1, "1000": 9}, DE={"1000": 9})
    assert world.alerts() == [("Slow", {"country": "BR"}, "firing")]
    ((notice,),) = world.notices()
    assert notice.labels == {"code": "1006", "country": "BR"}
    assert notice.value == pytest.approx(240)
    assert notice.noun == "reports"
    assert notice.path.endswith("country=BR")
    assert "code" not in notice.path
    assert notice.history[-1][1] == pytest.approx(240)
    report_close_codes(world, 180, BR={"1000": 9}, DE={"1000": 9})
    assert world.alerts() == [("Slow", {"country": "BR"}, "resolved")]


def test_an_alert_resolves_once_its_code_is_no_longer_reported(world: World) -> None:
    world.with_rules(a_rule(**PER_CODE))
    report_close_codes(world, 45, BR={"4001": 1, "1000": 1})
    assert sorted(world.alerts("labels, state"), key=str) == [
        ({"code": "1000"}, "firing"), ({"code": "4001"}, "firing"),
    ]  # fmt: skip
    world.clock.advance(hours=1)
    report_close_codes(world, 120, BR={"1000": 1})
    assert sorted(world.alerts("labels, state"), key=str) == [
        ({"code": "1000"}, "firing"), ({"code": "4001"}, "resolved"),
    ]  # fmt: skip


def test_abnormal_closes_fire_a_stability_rule(world: World) -> None:
    world.with_rules(a_rule(metric="stability", aggregation="ratio", fire=0.9, clear=None,
                        direction="below", split_by="country", window_seconds=60, minimum_n=20,
                        for_seconds=15))  # fmt: skip
    report_close_codes(world, 75, BR={"1006": 1}, DE={"1000": 9})
    assert world.alerts() == [("Slow", {"country": "BR"}, "firing")]
    ((notice,),) = world.notices()
    assert (notice.value, notice.n, notice.noun, notice.label) == (0.0, 20, "sessions", "Stability")
    assert notice.history == ()
    report_close_codes(world, 180, BR={"1000": 1}, DE={"1000": 9})
    assert world.alerts("state, value") == [("resolved", 1.0)]


def code_index(database: Database, rule: Rule, most: int) -> RowIndex:
    return RowIndex.of(rule, load_history(database, rule, MINUTES, most))


def test_only_the_most_frequent_labels_are_read(database: Database) -> None:
    flood = [report(country="BR", close_codes={str(3000 + n): 10**9}) for n in range(50)]
    common = [report(country="BR", close_codes={"1006": 1, "1000": 1}) for _ in range(2)]
    ClientReports(database).insert([*flood, *common])
    few = code_index(database, a_rule(**PER_CODE), 2)
    assert [*few.rows] == [(("code", "1000"),), (("code", "1006"),)]
    assert few.find((("code", "3001"),)) is None  # it may be among the labels that were not read
    all_ = code_index(database, a_rule(**PER_CODE), 200)
    assert len(all_.rows) == 52
    assert all_.find((("code", "4999"),)) == all_.zero_row is not None


def test_labels_are_plain_text(database: Database) -> None:
    kinds = ["<b>x</b>", "a/b", "'; DROP TABLE alerts; --", "%s :most"]
    sample = a_sample(NOON - timedelta(seconds=1), by_type=dict.fromkeys(kinds, (3, 1)))
    ServerSamples(database).insert([sample])
    split = a_rule(source="server", metric="sent_by_type", aggregation="count", split_by="type")
    matrix = load_history(database, split, MINUTES, 10)
    assert {labels["type"] for labels in matrix.labels if labels} == {*kinds}
    for kind in kinds:
        rule = a_rule(source="server", metric="received_by_type", aggregation="count",
                      filters={"type": kind}, fire=0)  # fmt: skip
        preview = preview_of(rule, load_history(database, rule, MINUTES, 10))
        assert max(value or 0 for _, value in preview.series[0].points) == 1.0
