"""The alert history: its rows, its filters, its CSV, and why it is empty."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from analytics.alerting.rules.rule import Rule
from analytics.services.services import AlertServices
from dashboard.server.alerts.core.url_state import read_url_state
from dashboard.server.alerts.lists import changes, filters, history, timeline
from models.alerts.alert_rules import AlertRules
from models.database.engine import Database
from tests.support.alerts.alert_life import a_rule
from tests.support.clock import NOON
from tests.support.pages.alert_lists import ADA, add_rule, an_alert, fire, page_data
from tests.support.pages.components import components_of, links_of, table_rows, text_of, texts_of

LIST = "?list=history"


def test_an_alert_of_a_removed_rule_keeps_its_unit(
    services: AlertServices, database: Database
) -> None:
    rule_id = add_rule(database, severity="warning")
    alert = fire(database, rule_id, "<i>x</i>")
    services.actions.acknowledge(ADA, alert)
    AlertRules(database).remove(rule_id, "ada", NOON)
    (row,) = table_rows(history.layout(page_data(services, LIST)))
    assert row == [
        "11:55", "Slow, <i>x</i>", "Warning", "acknowledged", "5 min, ongoing",
        "412 ms · n = 980 round trips", "ada",
    ]  # fmt: skip


def test_only_alerts_of_the_filters_are_listed(services: AlertServices, database: Database) -> None:
    slow, other = add_rule(database), add_rule(database, "Other", severity="critical")
    fire(database, slow)
    fire(database, other)
    for search, names in (
        ("", {"Slow, portal", "Other, portal"}), (f"&rule={slow}", {"Slow, portal"}),
        ("&severity=critical", {"Other, portal"}), ("&state=resolved", set()),
        ("&rule=999999", set()),
    ):  # fmt: skip
        rows = table_rows(history.layout(page_data(services, LIST + search)))
        assert {row[1] for row in rows} == names


def test_rules_are_offered_by_name_and_removed_ones_last(
    services: AlertServices, database: Database
) -> None:
    removed, zulu = add_rule(database, "Alpha"), add_rule(database, "zulu")
    fire(database, removed)
    AlertRules(database).remove(removed, "ada", NOON)
    beta = add_rule(database, "Beta")
    options = filters.rule_options(page_data(services, f"{LIST}&rule=777"))
    assert options == [
        ("", "Any rule"), (str(beta), "Beta"), (str(zulu), "zulu"),
        (str(removed), "Alpha (removed)"), ("777", "Rule 777 (no alerts)"),
    ]  # fmt: skip


def test_the_csv_has_the_range_and_the_filters_of_the_page(services: AlertServices) -> None:
    data = page_data(services, f"{LIST}&range=1h&severity=info&state=no_data&rule=3")
    tools = filters.layout(data, data.url_state.window(NOON, data.zone))
    address = links_of(tools[-1])["These alerts"]
    assert parse_qs(urlsplit(address).query) == {
        "format": ["csv"], "start": ["2026-03-02T11:00:01Z"], "end": ["2026-03-02T12:00:01Z"],
        "rule": ["3"], "severity": ["info"], "state": ["no_data"],
    }  # fmt: skip


def test_a_long_menu_gets_a_search_field(services: AlertServices, database: Database) -> None:
    for number in range(filters.MOST_UNSEARCHABLE):
        add_rule(database, f"<b>{number}</b>")
    data = page_data(services, LIST)
    tools = filters.layout(data, data.url_state.window(NOON, data.zone))
    finders = [components_of(tool, "finder-text") for tool in tools]
    assert [len(fields) for fields in finders] == [0, 1, 0, 0, 0]
    assert "<b>3</b>" in text_of(tools[1])


@pytest.mark.parametrize(
    ("search", "title", "action"),
    [
        ("&severity=info", "No alert matches the filter", "Show all"),
        ("", "No alert in this range", "Last 30 days"),
        ("&range=30d", "No alert in this range", "See the rules"),
        (
            "&start=2026-01-01T00:00:00Z&end=2026-01-02T00:00:00Z", "No alert in this range",
            "See the rules",
        ),
    ],
)  # fmt: skip
def test_an_empty_history_offers_a_way_out(
    services: AlertServices, search: str, title: str, action: str
) -> None:
    panel = history.layout(page_data(services, LIST + search))
    assert texts_of(panel, "state-title") == [title]
    (address,) = links_of(components_of(panel, "state-actions")).items()
    assert address[0] == action
    assert read_url_state(address[1]).severity == ""
    assert ("1 Jan 00:00 to 2 Jan 00:00" in text_of(panel)) == ("start" in search)


def test_an_unreadable_range_is_refused_with_a_reason(services: AlertServices) -> None:
    panel = history.layout(page_data(services, LIST + "&range=soon"))
    assert texts_of(panel, "state-title") == ["This range cannot be read"]
    assert links_of(components_of(panel, "state-actions")) == {
        "Show the last 7 days": "?list=history"
    }


def test_an_ended_alert_is_no_longer_ongoing() -> None:
    ended = an_alert(ended_at=NOON + timedelta(minutes=40))
    assert text_of(history.duration_label(ended, NOON)) == "45 min"
    assert text_of(history.duration_label(an_alert(), NOON)) == "5 min, ongoing"


def test_a_timeline_has_every_transition_with_value_actor_and_time_of_the_zone(
    services: AlertServices, database: Database
) -> None:
    alert = fire(database, add_rule(database, runbook="<b>Call</b> the provider."))
    services.actions.acknowledge(ADA, alert)
    panel = timeline.layout(page_data(services, f"?alert={alert}", zone="Europe/Berlin"), alert)
    steps = texts_of(panel, "timeline-step")
    assert steps[-1].startswith("13:00:00acknowledged412 ms against 200 ms, n = 980 round trips")
    assert steps[-1].endswith("by ada")
    assert steps[-2].startswith("12:55:00firing")
    assert texts_of(panel, "runbook") == ["<b>Call</b> the provider."]
    assert texts_of(panel, "panel-unit") == ["since 12:55:00, 5 min"]


@pytest.mark.parametrize(
    ("rule", "address"),
    [
        (
            a_rule(filters={"app": "a&b"}, split_by="country"),
            "/admin/websocket-client-metrics?start=2026-03-02T11%3A25%3A00Z"
            "&end=2026-03-02T12%3A01%3A00Z&app=a%26b&country=BR",
        ),
        (
            a_rule(source="server", metric="closed", aggregation="rate", filters={"code": "1006"}),
            "/admin/websocket-analytics?start=2026-03-02T11%3A25%3A00Z"
            "&end=2026-03-02T12%3A01%3A00Z&app=portal",
        ),
    ],
)
def test_the_charts_of_an_alert_begin_half_an_hour_before_it(rule: Rule, address: str) -> None:
    labels = {"country": "BR"} if rule.source == "client" else {"app": "portal"}
    assert timeline.charts_address(an_alert(labels=labels), rule, NOON) == address


def test_the_latest_changes_name_their_alert_and_who_made_them(
    services: AlertServices, database: Database
) -> None:
    assert "No alert has changed its state yet." in text_of(changes.layout(page_data(services)))
    alert = fire(database, add_rule(database), "<b>x</b>")
    services.actions.acknowledge(ADA, alert)
    panel = changes.layout(page_data(services))
    assert texts_of(panel, "change-title")[0] == "Slow, <b>x</b> ada"
    assert texts_of(panel, "change-title")[1] == "Slow, <b>x</b> 412 ms"
    assert texts_of(panel, "panel-title") == ["Today"]
    early = changes.layout(page_data(services, zone="Pacific/Honolulu"))
    assert texts_of(early, "change-row")[0].startswith("02:00")


def test_changes_of_another_day_in_the_zone_are_recent_ones(
    services: AlertServices, database: Database
) -> None:
    fire(database, add_rule(database), since=NOON - timedelta(hours=3))
    titles = [
        texts_of(changes.layout(page_data(services, zone=zone)), "panel-title")
        for zone in ("UTC", "Pacific/Auckland")  # there midnight lies between
    ]
    assert titles == [["Today"], ["Recent"]]
