"""Rules that watch how much worse something is than a baseline: what it means, on the store from
the preview to the message, and what is refused."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from analytics.alerting.evaluation.against_baseline import worse_by
from analytics.alerting.rules.checks import MOST_TIMES, RuleFault, check
from analytics.alerting.rules.formulas import formula_for
from analytics.alerting.rules.rule import Rule
from analytics.alerting.services.actions import AlertActions
from analytics.alerting.services.reports import AlertReports
from analytics.baselines.actions import BaselineActions
from analytics.baselines.by_hour import Reference
from analytics.baselines.limits import BaselineRequest
from analytics.formatting.numbers import THIN
from analytics.notifications import wording
from analytics.permission.actor import SHELL
from analytics.query.formula import Values
from analytics.ranges.timerange import TimeRange
from analytics.stats.intervals import wilson
from models.baselines.baselines import BaselineWatched
from models.database.engine import Database
from tests.support.alerts.alert_world import World
from tests.support.clock import NOON, Clock
from tests.support.store.hourly_reports import hourly_reports, store_hours

WORSE = Rule(
    name="Slower than June", source="client", metric="latency_ms", aggregation="p95", baseline=1,
    fire=0.5, clear=0.2, for_seconds=0, keep_firing_seconds=0,
)  # fmt: skip
SUCCESS = replace(WORSE, metric="connect_success", aggregation="ratio", fire=0.02, clear=0.01)


def reference(value: float, low: float | None = None, high: float | None = None) -> Reference:
    ends = (value if low is None else low, value if high is None else high)
    return Reference(*(np.array([each]) for each in (value, *ends)))


def values(value: float, low: float, high: float) -> Values:
    return Values(*(np.array([[each]]) for each in (value, 100.0, low, high)))


def worse(rule: Rule, measured: Values, baseline: Reference) -> tuple[float, float]:
    value, at_least = worse_by(rule, formula_for(rule), measured, baseline)
    return float(value[0, 0]), float(at_least[0, 0])


def test_durations_are_relative_and_shares_in_points() -> None:
    assert worse(WORSE, values(300, 300, 300), reference(200)) == (0.5, 0.5)
    assert worse(WORSE, values(150, 150, 150), reference(200)) == (-0.25, -0.25)
    assert worse(WORSE, values(5, 5, 5), reference(0)) == (MOST_TIMES, MOST_TIMES)
    assert worse(WORSE, values(0, 0, 0), reference(0)) == (0.0, 0.0)
    assert np.isnan(worse(WORSE, values(5, 5, 5), reference(np.nan))[0])
    now, before = wilson(0.9, 500), wilson(0.95, 900)
    value, at_least = worse(SUCCESS, values(0.9, *now), reference(0.95, *before))
    assert value == pytest.approx(0.05)
    assert at_least == pytest.approx(0.05 - np.hypot(now[1] - 0.9, 0.95 - before[0]))
    assert (formula_for(WORSE).unit, formula_for(SUCCESS).unit) == ("%", "pt")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"metric": "attempts", "aggregation": "rate"}, "baseline"),
        ({"metric": "drops", "aggregation": "count"}, "baseline"),
        ({"aggregation": "anomaly"}, "baseline"), ({"split_by": "country"}, "split_by"),
        ({"direction": "below", "clear": 0.9}, "direction"), ({"fire": 101}, "fire"),
        ({"fire": -0.1, "clear": -0.2}, "fire"),
    ],
)  # fmt: skip
def test_what_has_no_worse_has_no_baseline(changes: dict[str, object], field: str) -> None:
    check(WORSE)
    with pytest.raises(RuleFault) as fault:
        check(replace(WORSE, **changes))
    assert fault.value.field == field


def test_a_rule_fires_while_it_is_worse_than_the_baseline(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    store_hours(database, hourly_reports(NOON, 24, of_hour=4))
    baselines = BaselineActions(database, (), clock)
    request = BaselineRequest(
        name="June", source="client", window=TimeRange(NOON - timedelta(days=1), NOON), filters={}
    )
    june = baselines.add(SHELL, request).id
    rule = replace(WORSE, baseline=june)
    actions = AlertActions(database, clock)
    for wrong, field in (
        (replace(rule, baseline=june + 1), "baseline"),
        (replace(rule, filters={"country": "BR"}), "filters"),
        (replace(rule, source="server", metric="latency"), "baseline"),
        (replace(rule, metric="reply_ms", fire=2e9), "fire"),
    ):
        with pytest.raises(RuleFault) as fault:
            actions.add_rule(SHELL, wrong)
        assert fault.value.field == field
    world = World(database, clock, tmp_path).with_rules(rule)
    with pytest.raises(BaselineWatched, match=rule.name):
        baselines.remove(SHELL, june)
    preview = AlertReports(database, clock).preview(rule)
    assert preview.unit == "%"
    points = [value for _, value in preview.series[0].points if value is not None]
    assert points
    assert -1 < min(points) <= max(points) < 1
    world.simulate(60, BR=400.0)
    ((label, state, value),) = world.alerts("rule, state, value")
    assert (label, state) == (rule.name, "firing")
    assert 2 < float(value) < 5
    ((notice,),) = world.notices()
    assert (notice.baseline, notice.unit, notice.threshold) == ("June", "%", 0.5)
    assert wording.headline(notice) == (
        f"Round trip is more than 50.0{THIN}% worse than the baseline June."
    )
    details = dict(wording.details(notice))
    assert details["Now"].endswith("% worse than the baseline June (95th percentile of round trip)")
    assert "ms, in the baseline June" in notice.reason
    assert notice.reason.endswith("at this hour of the day")
    world.change(rule.name, baseline=str(june))  # no number: what a rule cannot be is its fault
    world.simulate(15, BR=400.0)
    assert [state for _, state in world.alerts("rule, state")] == ["error"]


def test_a_rule_of_a_country_has_a_baseline_of_that_country(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    for country, latency_ms in (("BR", 300.0), ("DE", 50.0)):
        reports = hourly_reports(NOON, 24, of_hour=4, latency_ms=latency_ms, country=country)
        store_hours(database, reports)
    window, of_country = TimeRange(NOON - timedelta(days=1), NOON), {"country": "BR"}
    request = BaselineRequest(name="Brazil", source="client", window=window, filters=of_country)
    brazil = BaselineActions(database, (), clock).add(SHELL, request).id
    rule = replace(WORSE, baseline=brazil, filters=of_country)
    with pytest.raises(RuleFault, match="country=BR"):
        AlertActions(database, clock).add_rule(SHELL, replace(rule, filters={"country": "DE"}))
    world = World(database, clock, tmp_path).with_rules(rule)
    world.simulate(60, BR=300.0, DE=400.0)  # Germany is eight times as slow, Brazil as ever
    assert [state for (state,) in world.alerts("state") if state == "firing"] == []
    world.simulate(60, BR=1200.0, DE=50.0)
    assert [state for (state,) in world.alerts("state")] == ["firing"]


def test_points_are_written_as_such() -> None:
    assert wording.amount(0.021, "pt") == f"2.10{THIN}pt"
