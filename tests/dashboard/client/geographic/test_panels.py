"""The other panels of the Geographic page: one country in time and inside, the worst, advice."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest

from analytics.alerting.answers import RuleResponse
from analytics.anomalies.usual import UsualRange, UsualValue
from analytics.notifications.advice import GEOGRAPHY
from analytics.ranges.steps import StepStart
from dashboard.client.geographic import empty_state, page
from dashboard.client.geographic.core.data import GeographicData
from dashboard.client.geographic.core.metrics import REGION_METRICS
from dashboard.client.geographic.core.regions import Split
from dashboard.client.geographic.core.url_state import GeographicView
from dashboard.client.geographic.country import advice_panel, breakdown, multiples, over_time, watch
from dashboard.client.geographic.map import map_panel
from dashboard.page.usual import PageUsual
from tests.support.alerts.alert_life import a_rule
from tests.support.clock import NOON
from tests.support.pages.components import components_of, links_of, table_rows, text_of, texts_of
from tests.support.pages.geographic_figures import STEPS, a_region, geographic_data

LINE = [100.0 + step for step in range(STEPS)]
LINES = {"latency_p95_ms": LINE, "stability": [0.9] * STEPS}
STARTS = [NOON + timedelta(hours=step) for step in range(STEPS)]
SELECTED = GeographicView(preset="1h", selected="BR")
BRAZIL = replace(a_region("BR", 300, latency_p95_ms=271.0), worse=["latency_p95_ms"])


def data_with_lines(**fields: Any) -> GeographicData:
    defaults = {
        "small_lines": {"": LINES, "BR": LINES}, "small_starts": STARTS, "worst": ["BR"],
        "own": LINE, "of_world": LINE,
    }  # fmt: skip
    return geographic_data(BRAZIL, **(defaults | fields))


def test_a_country_in_time_stands_before_the_world_and_filters_everything() -> None:
    content = over_time.draw(data_with_lines(view=SELECTED, own_before=LINE, has_before=True))
    assert content.title == "Brazil"
    names = [trace["name"] for trace in content.body["data"]]
    assert names == ["before", "world", "Brazil", "anchor"]
    assert "country=BR" in links_of(content.foot)["Filter everything to Brazil"]
    assert [column["key"] for column in content.table.columns] == ["time", "before", "world",
                                                                  "brazil"]  # fmt: skip
    assert len(content.table.rows) == STEPS


def test_without_a_country_the_world_is_drawn() -> None:
    content = over_time.draw(data_with_lines())
    assert (content.title, content.is_empty) == ("World", False)
    assert content.foot[1] == "choose a country on the map or in the table"


def test_shares_have_an_axis_that_holds_them_closely() -> None:
    view = GeographicView(preset="1h", selected="BR", metric="stability")
    content = over_time.draw(data_with_lines(view=view, own=[0.9] * STEPS, of_world=[0.9] * STEPS))
    layout = content.body["layout"]
    low, high = layout["yaxis"]["range"]
    assert 0.85 < low < 0.9 < high < 0.95
    (label,) = [each for each in layout["annotations"] if each["text"].startswith("<b>")]
    assert label["y"] == pytest.approx((0.9 - low) / (high - low))


@pytest.mark.parametrize(
    ("own", "is_drawn", "foot"),
    [
        ([0.94, 0.96] * 6, True, []),
        ([0.97, 0.99] * 6, True, []),
        ([0.996, 0.998] * 6, False, ["limit 95.0\u202f% is below the axis"]),
        ([0.71, 0.72] * 6, False, ["limit 95.0\u202f% is above the axis"]),
    ],
    ids=["within", "near", "below", "above"],
)
def test_a_limit_is_on_the_axis_or_named_as_off_it(
    own: list[float], is_drawn: bool, foot: list[str]
) -> None:
    metric = replace(REGION_METRICS["connect_success"], threshold=0.95)
    view = GeographicView(preset="1h", metric="connect_success")
    with patch.dict(REGION_METRICS, connect_success=metric):
        content = over_time.draw(data_with_lines(view=view, own=own, of_world=own))
    layout = content.body["layout"]
    low, high = layout["yaxis"]["range"]
    assert bool(layout.get("shapes")) == is_drawn == (low <= 0.95 <= high)
    assert content.foot[2:] == foot


def test_a_gap_of_shares_is_named_within_the_axis() -> None:
    view = GeographicView(preset="1h", metric="stability")
    steps = [StepStart(NOON - timedelta(minutes=each)) for each in (60, 55, 10, 5)]
    content = over_time.draw(data_with_lines(view=view, own=[0.9] * 4, of_world=[0.9] * 4,
                                             series=steps))  # fmt: skip
    low, high = content.body["layout"]["yaxis"]["range"]
    notes = [each["y"] for each in content.body["layout"]["annotations"]
             if each["text"] == "no reports"]  # fmt: skip
    assert [low < y < high for y in notes] == [True]


def test_without_counted_sessions_panels_say_so() -> None:
    brazil = replace(a_region("BR", 0), is_counted=False)
    parts = [replace(a_region("4g", 0, name="4g"), is_counted=False)]
    splits = [Split(dimension="effective_type", label="Network", parts=parts)]
    world = replace(a_region("", 0, name="World"), is_counted=False)
    data = geographic_data(
        brazil, view=SELECTED, own=LINE, of_world=LINE, splits=splits, world=world
    )
    inside, advice = breakdown.draw(data), advice_panel.draw(data)
    for content in (inside, advice, over_time.draw(data)):
        assert content.foot[0] == "sessions not counted"
    assert inside.table.rows[0][2] is None
    assert texts_of(inside.body, "interval-head") == []
    assert "sessions of Brazil are not counted" in text_of(advice.body)
    drawn = map_panel.draw(data)
    assert "sessions not counted in 1 country" in text_of(drawn.foot)
    assert "too few" not in text_of(drawn.foot)
    assert ["", "sessions not counted"] in map_panel.hover_rows(data)["BR"]
    assert empty_state.empty_state_of(data) is None


def test_the_worst_have_common_axes_and_the_world_behind() -> None:
    data = data_with_lines()
    content = multiples.renderer("latency_p95_ms")(data)
    assert texts_of(content.body, "multiple-value") == ["271 ms"]
    (chart,) = components_of(content.body, "multiple")
    assert [child is None for child in chart.children] == [True, False, False]
    assert getattr(chart, "aria-label").startswith("Brazil: ")
    assert [column["key"] for column in content.table.columns] == ["time", "world", "BR"]
    assert content.unit.endswith("from 100\u202fms to 111\u202fms")
    assert multiples.renderer("stability")(data_with_lines(worst=[])).is_empty


def test_the_worst_have_the_band_of_what_is_usual_there() -> None:
    steps = {at: UsualValue(110.0, 95.0, 160.0) for at in STARTS[2:]}
    usual = PageUsual({("client", "latency_ms"): UsualRange(steps)}, STARTS)
    page_data = replace(data_with_lines(), small_usual={"BR": usual})
    content = multiples.renderer("latency_p95_ms")(page_data)
    (chart,) = components_of(content.body, "multiple")
    assert "expected-band" in str(chart.children[0])
    assert "usual range" in text_of(content.legend)
    assert content.table.rows[1][-2:] == [None, None]
    assert content.table.rows[2][-2:] == [95.0, 160.0]
    assert "usual range" not in text_of(multiples.renderer("stability")(data_with_lines()).legend)


def test_without_lines_no_axes_are_named() -> None:
    for page_data in (data_with_lines(worst=[]), data_with_lines(small_lines={})):
        content = multiples.renderer("latency_p95_ms")(page_data)
        assert content.unit == REGION_METRICS["latency_p95_ms"].unit


def test_inside_a_country_each_part_has_its_interval_or_a_reason() -> None:
    parts = [a_region("4g", 200, name="4g"), a_region("3g", 8, name="3g")]
    splits = [
        Split(dimension="region", label="Region", not_counted="No subdivisions."),
        Split(dimension="effective_type", label="Network", parts=parts),
    ]
    content = breakdown.draw(data_with_lines(view=SELECTED, splits=splits))
    assert content.title == "Inside Brazil"
    assert "No subdivisions." in text_of(content.body)
    assert [row[0] for row in table_rows(content.body)] == ["4g", "3g"]
    assert table_rows(content.body)[1][2] == "too few sessions"
    address = links_of(content.body)["4g"]
    assert "country=BR" in address
    assert "effective_type=4g" in address
    assert breakdown.draw(data_with_lines()).is_empty


def test_advice_names_what_is_worse_than_the_world_with_its_figures() -> None:
    content = advice_panel.draw(data_with_lines(view=SELECTED))
    text = text_of(content.body)
    assert "round trip p95 271 ms (95 % interval 257 ms to 285 ms), world 90 ms" in text
    assert all(step in text for step in GEOGRAPHY.steps)
    assert "not watched" in text


@pytest.mark.parametrize(
    ("fields", "is_watched"),
    [
        ({"split_by": "country"}, True),
        ({"filters": {"country": "BR"}}, True),
        ({"filters": {"country": "DE"}}, False),
        ({"split_by": "country", "filters": {"app": "portal"}}, False),
        ({"split_by": "country", "enabled": False}, False),
    ],
)
def test_the_worst_country_is_watched_by_its_rules_also_when_none_is_selected(
    fields: dict[str, Any], is_watched: bool
) -> None:
    rule = RuleResponse(
        id=3, name="Slow", version=1, created_at=NOON, changed_at=NOON, changed_by="ada",
        rule=a_rule(**fields), fault=None,
    )  # fmt: skip
    text = text_of(advice_panel.draw(replace(data_with_lines(), rules=[rule])).body)
    assert ("Watched by Slow" in text) is is_watched
    assert ("not watched" in text) is not is_watched


def test_without_ranked_countries_the_reason_is_their_sessions() -> None:
    data = data_with_lines(worst=[])
    for content in (advice_panel.draw(data), multiples.renderer("stability")(data)):
        assert (content.is_empty, content.empty_text) == (True, "No country has 30 sessions.")


def test_the_worst_by_value_is_not_surely_worse() -> None:
    content = advice_panel.draw(geographic_data(a_region("BR"), worst=["BR"]))
    assert (content.unit, content.foot[1]) == ("", "")
    surely = advice_panel.draw(data_with_lines())
    assert surely.unit == "the worst country"
    assert surely.foot[1] == "worse than all others beyond chance"


@pytest.mark.parametrize("metric", REGION_METRICS)
def test_the_button_names_the_metric_of_its_rule(metric: str) -> None:
    view = GeographicView(preset="1h", selected="BR", metric=metric)
    data = replace(data_with_lines(view=view), is_admin=True)
    rule = watch.rule_for(REGION_METRICS[metric], "BR")
    name = rule.name.partition(" in ")[0]
    text = text_of(advice_panel.draw(data).body)
    assert f"Watch {name[:1].lower()}{name[1:]} in Brazil" in text


def test_the_status_names_the_country_file_and_the_foot_alone_its_age() -> None:
    text = text_of(page.BOARD.status(replace(data_with_lines(), now=NOON + timedelta(days=400))))
    assert "country database of 2 Mar 2026, DB-IP" in text
    assert "months old" not in text


def test_a_small_sample_gets_no_advice() -> None:
    view = GeographicView(preset="1h", selected="UY")
    data = geographic_data(a_region("UY", 3, latency_p95_ms=900.0), view=view)
    assert "too few sessions to judge" in text_of(advice_panel.draw(data).body)
