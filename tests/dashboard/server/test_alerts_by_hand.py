"""The Alerts tab by hand in a browser: dragging thresholds, filtering history, typing an end."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, FloatRect, Locator, Page, expect

from analytics.alerting.records import body_of
from models.alerts.alert_history import AlertHistory
from models.alerts.alert_rules import AlertRules
from models.database.engine import Database
from models.raw.report_insert import ClientReports
from tests.support.alerts.alert_life import a_rule
from tests.support.alerts.alert_pages import (
    ANALYST,
    PAGE,
    database_with_people,
    firing,
    now,
    open_signed_in,
    own_server,
)
from tests.support.servers.running_server import ADMIN_EMAIL, RunningServer
from tests.support.store.report_factory import report

API = "/api/ws/alerts"


@pytest.fixture(scope="module")
def server(embedded_url: str) -> Iterator[RunningServer]:
    with own_server(embedded_url, "hands") as started:
        yield started


@pytest.fixture
def store(server: RunningServer) -> Iterator[Database]:
    with database_with_people(server) as database:
        yield database


def slow_hour(database: Database) -> str:
    """The address of a rule that would have fired once: 400 ms for an hour, 100 ms before."""
    end = now() - timedelta(days=2)
    ClientReports(database).insert([
        report((400.0 if minute < 60 else 100.0,) * 10, period_end=end - timedelta(minutes=minute))
        for minute in range(240)
    ])  # fmt: skip
    rule = AlertRules(database).add(body_of(a_rule()), "ada", now())
    return f"{PAGE}?edit={rule.id}"


def line(page: Page, limit: str) -> Locator:
    name = {"fire": "Firing threshold line", "clear": "Clear threshold line"}[limit]
    return page.get_by_role("slider", name=name)


def field(page: Page, limit: str) -> Locator:
    return page.locator(f".form-field-{limit} input")


def box(locator: Locator) -> FloatRect:
    rectangle = locator.bounding_box()
    assert rectangle is not None
    return rectangle


def grab(page: Page, limit: str) -> tuple[float, float]:
    """Press the mouse on a line, left of its grip; the (x, y) of the press in px."""
    at = box(line(page, limit))
    x, y = at["x"] + 100, at["y"] + at["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    return x, y


def test_a_line_that_is_dragged_changes_the_rule_and_its_sentence(
    page: Page, server: RunningServer, store: Database
) -> None:
    open_signed_in(page, server, path=slow_hour(store))
    sentence = page.locator(".preview-sentence")
    expect(sentence).to_contain_text("once in 30 days")
    expect(line(page, "fire")).to_have_attribute("aria-valuetext", "fires above 200\u202fms")
    x, y = grab(page, "fire")
    page.mouse.move(x, y - 400, steps=5)
    label = line(page, "fire").locator(".rule-label")
    expect(label).to_be_visible()
    expect(label).to_contain_text("fires above 430\u202fms")
    expect(field(page, "fire")).to_have_value("200")
    page.mouse.up()
    expect(field(page, "fire")).to_have_value("430")
    expect(sentence).to_contain_text("not have fired")
    field(page, "fire").fill("300")
    field(page, "fire").press("Enter")
    expect(sentence).to_contain_text("once in 30 days")
    expect(line(page, "fire")).to_have_attribute("aria-valuenow", "300")


def test_neither_line_passes_the_other_and_its_label_says_so(
    page: Page, server: RunningServer, store: Database
) -> None:
    open_signed_in(page, server, path=slow_hour(store))
    expect(line(page, "clear")).to_be_visible()
    x, y = grab(page, "clear")
    page.mouse.move(x, y - 150, steps=5)
    expect(line(page, "clear").locator(".rule-label")).to_contain_text(
        "clears below 200\u202fms · cannot pass the firing threshold"
    )
    page.mouse.up()
    expect(field(page, "clear")).to_have_value("200")


def test_overlapping_lines_are_each_moved_by_their_grip(
    page: Page, server: RunningServer, store: Database
) -> None:
    open_signed_in(page, server, path=slow_hour(store))
    field(page, "clear").fill("")
    field(page, "clear").press("Enter")
    expect(line(page, "clear")).to_have_attribute("aria-valuenow", "200")
    at = box(line(page, "clear").locator(".rule-grip"))
    page.mouse.move(at["x"] + 6, at["y"] + 6)
    page.mouse.down()
    page.mouse.move(at["x"] + 6, at["y"] + 66, steps=4)
    page.mouse.up()
    expect(field(page, "clear")).not_to_have_value("")
    expect(line(page, "fire")).to_have_attribute("aria-valuenow", "200")
    assert float(field(page, "clear").input_value()) < 200


def test_escape_cancels_the_move_of_a_line(
    page: Page, server: RunningServer, store: Database
) -> None:
    open_signed_in(page, server, path=slow_hour(store))
    expect(line(page, "fire")).to_be_visible()
    x, y = grab(page, "fire")
    page.mouse.move(x, y - 60, steps=3)
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(line(page, "fire")).to_have_attribute("aria-valuenow", "200")
    assert field(page, "fire").input_value() == "200"


def test_the_arrow_keys_move_a_line(page: Page, server: RunningServer, store: Database) -> None:
    open_signed_in(page, server, path=slow_hour(store))
    expect(line(page, "fire")).to_be_visible()
    line(page, "fire").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("PageUp")
    expect(field(page, "fire")).to_have_value("255")
    expect(line(page, "fire")).to_be_focused()
    field(page, "clear").fill("")
    field(page, "clear").press("Enter")
    line(page, "fire").focus()
    page.keyboard.press("ArrowDown")
    expect(field(page, "fire")).to_have_value("250")
    expect(line(page, "clear")).to_have_attribute("aria-valuenow", "250")
    assert field(page, "clear").input_value() == ""


def test_a_finger_moves_a_line_by_its_grip(
    chromium: Browser, server: RunningServer, store: Database
) -> None:
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    open_signed_in(page, server, path=slow_hour(store))
    expect(line(page, "fire")).to_be_attached()
    grip = line(page, "fire").locator(".rule-grip")
    grip.scroll_into_view_if_needed()
    expect(page.locator(".preview")).not_to_have_class("preview is-updating")
    at = box(grip)
    x, y = at["x"] + at["width"] / 2, at["y"] + at["height"] / 2
    touch = context.new_cdp_session(page)
    for kind, points in (
        ("touchStart", [{"x": x, "y": y}]), ("touchMove", [{"x": x, "y": y - 10}]),
        ("touchMove", [{"x": x, "y": y - 300}]), ("touchEnd", []),
    ):  # fmt: skip
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    expect(field(page, "fire")).to_have_value("430")
    context.close()


def test_an_analyst_cannot_move_a_line(page: Page, server: RunningServer, store: Database) -> None:
    open_signed_in(page, server, ANALYST, slow_hour(store))
    expect(page.locator(".preview-sentence")).to_contain_text("once in 30 days")
    expect(page.locator(".rule-line")).to_have_count(0)
    expect(page.locator("#rule-preview-foot")).not_to_contain_text("drag")
    at = box(page.locator(".preview-chart .chart-place"))
    page.mouse.move(at["x"] + 200, at["y"] + at["height"] / 2)
    page.mouse.down()
    page.mouse.move(at["x"] + 200, at["y"] + 20, steps=4)
    page.mouse.up()
    expect(field(page, "fire")).to_have_value("200")


def test_the_focus_stays_where_it_was_when_the_lists_are_drawn_anew(
    page: Page, server: RunningServer, store: Database
) -> None:
    firing(store, "Slow")
    firing(store, "Slower")
    open_signed_in(page, server)
    name = page.get_by_role("link", name="Slow, portal").first
    name.focus()
    name.evaluate("link => link.dataset.old = true")
    page.evaluate("dash_clientside.set_props('tick', {data: 'again'})")
    expect(page.locator("[data-old]")).to_have_count(0)
    expect(page.get_by_role("link", name="Slow, portal").first).to_be_focused()


def test_page_api_and_csv_agree_on_the_alerts_of_a_rule(
    page: Page, server: RunningServer, store: Database
) -> None:
    firing(store, "Slow")
    removed = [firing(store, "Gone")]
    number = next(key for key, name in AlertHistory(store).rules(9).items() if name == "Gone")
    AlertRules(store).remove(number, "ada", now())
    open_signed_in(page, server, path=f"{PAGE}?list=history")
    rows = page.locator(".alerts-lists tbody tr")
    expect(rows).to_have_count(2)
    page.locator("summary", has_text="Rule: ").click()
    page.get_by_role("link", name="Gone (removed)").click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Gone, portal")
    assert parse_qs(urlsplit(page.url).query)["rule"] == [str(number)]
    link = page.locator(".alerts-lists a[download]").last.get_attribute("href")
    assert link is not None
    table = list(csv.DictReader(io.StringIO(page.request.get(server.url + link).text())))
    query = {key: value[0] for key, value in parse_qs(urlsplit(link).query).items()}
    alerts = listed_alerts(page, server, **(query | {"format": "json"}))
    assert [alert["id"] for alert in alerts] == removed == [int(row["id"]) for row in table]
    assert [alert["id"] for alert in listed_alerts(page, server, rule=str(number))] == removed


def listed_alerts(
    page: Page, server: RunningServer, **parameters: str | float | bool
) -> list[dict[str, Any]]:
    response = page.request.get(server.url + API, params=parameters)
    alerts: list[dict[str, Any]] = response.json()["alerts"]
    return alerts


def test_an_acknowledgement_ends_at_the_time_that_was_typed(
    page: Page, server: RunningServer, store: Database
) -> None:
    alert = firing(store)
    open_signed_in(page, server, path=f"{PAGE}?tz=Asia/Tokyo")
    row = page.locator(".alert-row")
    row.locator("summary", has_text="Acknowledge").click()
    sheet = row.locator("details[open]")
    time_field = sheet.locator(".form-field-until input")
    expect(time_field).to_be_hidden()
    sheet.get_by_text("until …").click()
    expect(sheet.locator(".form-field-until")).to_contain_text("Asia/Tokyo")
    fault = sheet.locator(".form-field-until .field-fault")
    for text, reason in (
        ("soon", "Must be a time such as"),
        ("2020-01-01 10:00", "Must be in the future: it is"),
        ("2199-01-01 10:00", "Must be within 366 days"),
    ):
        time_field.fill(text)
        sheet.get_by_role("button", name="Acknowledge", exact=True).click()
        expect(fault).to_contain_text(reason)
        expect(time_field).to_be_focused()
        assert time_field.input_value() == text
    day = now() + timedelta(days=3)
    time_field.fill(f"{day:%Y-%m-%d} 12:30")
    sheet.get_by_role("button", name="Acknowledge", exact=True).click()
    until = f"until {day.day} {day:%b} 12:30"
    expect(row).to_contain_text(f"Acknowledged by {ADMIN_EMAIL} {until}")
    expect(page.locator("#alerts-notice")).to_contain_text(f"{until} (Asia/Tokyo)")
    (stored,) = [listed for listed in listed_alerts(page, server) if listed["id"] == alert]
    assert stored["acknowledged"]["until"].startswith(f"{day:%Y-%m-%d}T03:30:00")
