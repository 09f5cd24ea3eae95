"""Form fields, frames and ids of the Alerts page, and the data it loads."""

from zoneinfo import ZoneInfo

import pytest
from dash import html
from dash.development.base_component import Component

from analytics.services.services import AlertServices
from dashboard.server.alerts.core import alert_ids, fields, frames
from dashboard.server.alerts.core.services import AlertsPageData
from dashboard.widgets import states
from models.alerts.alert_rules import AlertRules
from models.database.engine import Database
from tests.support.clock import NOON
from tests.support.pages.alert_lists import ADA, EVE, add_rule, an_alert, fire, page_data
from tests.support.pages.components import components_of, table_rows, text_of, texts_of


def ids_of(content: Component) -> list[object]:
    return [part.id for part in components_of(content) if getattr(part, "id", None)]


def test_a_field_has_its_control_and_its_fault_under_the_same_name() -> None:
    field = fields.text("rule", "fire", "Firing threshold", "<b>", unit="ms", help_text="Why")
    assert ids_of(field) == [
        alert_ids.field("rule", "fire"), alert_ids.unit("fire"), alert_ids.help_text("fire"),
        alert_ids.fault("rule", "fire"),
    ]  # fmt: skip
    assert texts_of(field, "field-unit") == ["ms"]
    assert components_of(field, "field")[0].value == "<b>"


def test_a_click_on_the_label_of_a_group_does_not_toggle_its_first_option() -> None:
    several = fields.several("rule", "channels", "Notify by", {"email": "E-mail"}, [])
    assert isinstance(several, html.Div)
    assert isinstance(fields.text("rule", "name", "Name"), html.Label)


@pytest.mark.parametrize(("for_good", "values"), [("", 5), ("until resolved", 6)])
def test_an_end_can_be_typed_in_the_zone_of_the_page_and_be_left_out_only_where_offered(
    for_good: str, values: int
) -> None:
    span = fields.span("f", "For", NOON, ZoneInfo("Asia/Tokyo"), for_good=for_good)
    (choice,) = components_of(span, "role-choice")
    offered = [option["value"] for option in choice.options]
    assert len(offered) == values
    assert offered[-1] == fields.UNTIL
    assert (fields.NO_END in offered) == bool(for_good)
    assert "Asia/Tokyo" in text_of(span)
    assert components_of(span, "field")[0].placeholder == "01:00 or 2026-03-03 01:00"


@pytest.mark.parametrize(
    ("name", "label"),
    [("for_seconds", "for"), ("quiet_hours.start", "quiet hours start"), ("fire", "fire")],
)
def test_a_field_is_named_in_messages_without_its_unit(name: str, label: str) -> None:
    assert alert_ids.field_label(name) == label


def test_a_reason_is_a_sentence_in_the_units_of_the_form() -> None:
    reason = alert_ids.reason_sentence("must be a share from 0 to 1")
    assert reason == "Must be a share from 0 to 100 %."


def test_a_message_is_centred_in_its_panel_and_rows_are_not() -> None:
    message = frames.content_panel("Rules", "", states.message("bell", "None", "<b>text</b>"))
    rows = frames.content_panel(
        "Rules", "2", [frames.table(("Rule", ""), [["<i>", "x"]])], foot="f"
    )
    assert len(components_of(message, "frame-message")) == 1
    assert components_of(rows, "frame-message") == []
    assert table_rows(rows) == [["<i>", "x"]]
    assert texts_of(rows, "acts") == ["x"]
    assert (texts_of(message, "panel-foot"), texts_of(rows, "panel-foot")) == ([], ["f"])


def test_a_removed_rule_is_read_in_its_last_version_but_is_no_longer_current(
    services: AlertServices, database: Database
) -> None:
    stays, removed = add_rule(database), add_rule(database, "Removed")
    fire(database, removed)
    AlertRules(database).remove(removed, "ada", NOON)
    data: AlertsPageData = page_data(services)
    assert {number: rule.name for number, rule in data.rules_of([stays, removed, 999]).items()} == {
        stays: "Slow", removed: "Removed",
    }  # fmt: skip
    assert data.rule_of(an_alert(rule_id=removed)) is None
    current = data.rule_of(an_alert(rule_id=stays))
    assert current is not None
    assert current.name == "Slow"


def test_an_analyst_loads_the_same_data_without_the_rights(
    services: AlertServices, database: Database
) -> None:
    fire(database, add_rule(database))
    admin, analyst = (page_data(services, actor=actor) for actor in (ADA, EVE))
    assert (admin.is_admin, analyst.is_admin) == (True, False)
    assert admin.alerts == analyst.alerts
    assert admin.evaluated_at is None
    assert page_data(services, "?tz=Asia/Tokyo", zone="UTC").zone.key == "Asia/Tokyo"
