"""The callbacks of the Alerts page against a real database: lists, side, commands, failures."""

from pathlib import Path
from typing import Any

import dash
import pytest

from analytics.permission.actor import Actor
from analytics.services.services import AlertServices
from dashboard.server.alerts import page
from dashboard.server.alerts.core import alert_ids
from models.database.engine import Database
from tests.support.pages.alert_lists import ADA, EVE, add_rule, alert_services, fire
from tests.support.pages.components import components_of, text_of
from tests.support.pages.dash_calls import call, empty_application, written
from tests.support.pages.page_services import page_services

LISTS = "alerts-lists.children"


def alerts_page(services: AlertServices, actor: Actor | None = ADA) -> dash.Dash:
    app = empty_application()
    page.register(app, page_services(alerts=services, viewer=lambda: actor))
    return app


def press(
    services: AlertServices, command: str, subject: object, search: str = "",
    actor: Actor | None = ADA, **fields: object,
) -> dict[str, Any]:  # fmt: skip
    """The result of a command with the fields of its form."""
    form = f"{command} {subject}"
    pressed = f'{{"command":"{command}","subject":"{subject}","type":"alerts-command"}}.n_clicks'
    values: dict[str, Any] = {pressed: 1, "url.search": search}
    for name, value in fields.items():
        values[f'{{"form":"{form}","name":"{name}","type":"alerts-field"}}.value'] = value
        values[f'{{"form":"{form}","name":"{name}","type":"alerts-fault"}}.children'] = ""
    return call(alerts_page(services, actor), "alerts-outcome.data", values, pressed)


@pytest.mark.parametrize(
    ("search", "css_class", "titles"),
    [
        ("", "alerts-grid of-active", ["Active", "Recent", "Deliveries"]),
        ("?list=history", "alerts-grid of-history is-wide", ["History"]),
        ("?list=recipients", "alerts-grid of-recipients", ["Recipients"]),
        ("?list=rules&edit=0", "alerts-grid of-rules has-selection", ["Rules"]),
        ("?list=<b>", "alerts-grid of-active", ["Active", "Recent", "Deliveries"]),
    ],
)
def test_each_list_has_its_panels_and_room_for_its_side(
    services: AlertServices, search: str, css_class: str, titles: list[str]
) -> None:
    changed = call(alerts_page(services), LISTS, {"url.search": search})
    assert changed["alerts-grid"] == {"className": css_class}
    panels = changed["alerts-lists"]["children"]
    heads = [panel["props"]["children"][0]["props"]["children"][0] for panel in panels]
    assert [head["props"]["children"] for head in heads] == titles
    assert changed["alerts-banner"] == {"children": None}


def test_the_forms_stand_beside_their_lists_for_admins_only(services: AlertServices) -> None:
    for actor, has_form in ((ADA, True), (EVE, False)):
        values = {"url.search": "?list=recipients"}
        changed = call(alerts_page(services, actor), "alerts-side", values)
        assert ("Add a recipient" in written(changed)) == has_form


def test_a_missing_alert_is_named_beside_the_list(services: AlertServices) -> None:
    changed = call(alerts_page(services), "alerts-side", {"url.search": "?alert=77"})
    assert "There is no alert 77." in written(changed["alerts-side"])


def test_the_most_urgent_alert_is_open_with_its_rule(
    services: AlertServices, database: Database
) -> None:
    fire(database, add_rule(database), "<b>x</b>")
    changed = call(alerts_page(services), "alerts-side", {"url.search": ""})
    side = written(changed["alerts-side"])
    assert "Slow, <b>x</b>" in side
    assert "Save as version 2" in side


def test_nobody_who_is_signed_out_gets_data(services: AlertServices, database: Database) -> None:
    alert = fire(database, add_rule(database))
    drawn = call(alerts_page(services, None), LISTS, {"url.search": ""})
    assert drawn == {"alerts-banner": {"children": None}}
    assert press(services, "acknowledge", alert, actor=None, hours="") == {}
    assert services.reports.firing().unacknowledged == 1


def test_an_acknowledgement_is_confirmed_and_redraws_the_lists(
    services: AlertServices, database: Database
) -> None:
    alert = fire(database, add_rule(database))
    changed = press(services, "acknowledge", alert, note="on it", hours="4")
    assert "Acknowledged: Slow, portal until 16:00 (UTC)." in written(changed["alerts-notice"])
    assert changed["alerts-outcome"]["data"]["command"] == "acknowledge"
    assert changed["tick"]["data"].startswith("done ")
    assert services.reports.firing().unacknowledged == 0


def test_a_fault_of_a_field_stands_beside_it_and_changes_nothing(
    services: AlertServices, database: Database
) -> None:
    alert = fire(database, add_rule(database))
    changed = press(services, "acknowledge", alert, note="a\nb", hours="4")
    fault = next(value for name, value in changed.items() if '"note"' in name)
    assert fault["children"].startswith("Must be one line of at most 500 characters.")
    assert changed["alerts-notice"] == {"children": None}
    assert "tick" not in changed
    assert services.reports.firing().unacknowledged == 1


def test_a_deleted_rule_closes_its_editor(services: AlertServices, database: Database) -> None:
    rule = add_rule(database)
    changed = press(services, "rule-delete", rule, f"?list=rules&edit={rule}")
    assert changed["url"] == {"search": "?list=rules"}
    assert services.reports.rules().rules == []


def test_an_analyst_is_refused_with_a_reason(services: AlertServices, database: Database) -> None:
    alert = fire(database, add_rule(database))
    changed = press(services, "acknowledge", alert, actor=EVE, hours="4")
    assert "Only an admin may" in written(changed["alerts-notice"])
    assert "alerts-outcome" not in changed
    assert services.reports.firing().unacknowledged == 1


def test_without_a_database_the_lists_stay_and_a_command_claims_nothing(tmp_path: Path) -> None:
    away = alert_services(Database("postgresql+psycopg2://x@/x?host=/nowhere"), tmp_path)
    drawn = call(alerts_page(away), LISTS, {"url.search": ""})
    assert "The database does not answer." in written(drawn["alerts-banner"])
    assert list(drawn) == ["alerts-banner"]
    pressed = press(away, "rule-delete", 1)
    assert "Nothing was changed; try again." in written(pressed["alerts-notice"])


def test_a_command_on_another_rule_does_not_redraw_an_open_editor(services: AlertServices) -> None:
    for command, is_redrawn in (("acknowledge", False), ("rule-save", True)):
        done = {"command": command, "search": "?edit=0"}
        values = {"url.search": "?edit=0", "alerts-outcome.data": done}
        changed = call(alerts_page(services), "alerts-side", values, "alerts-outcome.data")
        assert ("alerts-side" in changed) == is_redrawn


def test_the_frame_has_its_parts_before_any_data() -> None:
    frame = page.PAGE.layout()
    ids = {getattr(part, "id", None) for part in components_of(frame)} - {None}
    assert {alert_ids.BAR, alert_ids.LISTS, alert_ids.SIDE, alert_ids.NOTICE} <= ids
    assert text_of(frame) == "Alerts"


def test_the_alert_of_a_message_is_acknowledged_without_a_form(
    services: AlertServices, database: Database
) -> None:
    alert = fire(database, add_rule(database))
    address, label = {"url.search": f"?alert={alert}"}, "Acknowledge for 4 h"
    assert label not in written(call(alerts_page(services, EVE), "alerts-side", address))
    assert label in written(call(alerts_page(services), "alerts-side", address))
    assert label not in written(call(alerts_page(services), "alerts-side", {"url.search": ""}))
    changed = press(services, "acknowledge-now", alert)
    assert "Acknowledged: Slow, portal until 16:00 (UTC)." in written(changed["alerts-notice"])
    assert services.reports.firing().unacknowledged == 0
    assert label not in written(call(alerts_page(services), "alerts-side", address))
