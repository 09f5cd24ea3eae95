"""The banner of a demo: how far its history is filled, for eyes and for screen readers."""

from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from analytics.operations.demo_report import DemoReport, FillProgress
from dashboard.core import ids
from dashboard.shell import demo_banner
from models.database.engine import Database
from tests.support.clock import NOON
from tests.support.pages.components import components_of
from tests.support.pages.dash_calls import call, empty_application
from tests.support.pages.page_services import page_services

PROGRESS = FillProgress(14, 30, NOON.replace(day=1, month=2))


def children(demo: object) -> Any:
    """What the callback puts into the banner's element, nothing when it leaves it as it is."""
    app = empty_application()
    demo_banner.register(app, page_services(demo=demo))
    values = {"browser-zone.data": "Asia/Kolkata", "url.search": ""}
    return call(app, f"{ids.DEMO}.children", values).get(ids.DEMO, {})


def test_the_banner_says_how_far_the_history_is_filled_in_the_zone_of_the_page() -> None:
    banner = children(SimpleNamespace(progress=lambda: PROGRESS))["children"]
    sentence, _bar = banner["props"]["children"]
    expected = "Demo: history filled up to 1 Feb 17:30 (Asia/Kolkata), 14 of 30 days"
    assert sentence["props"]["children"] == expected


def test_its_bar_is_readable_for_screen_readers() -> None:
    banner = demo_banner.banner(PROGRESS, NOON, ZoneInfo("UTC"))
    (bar,) = components_of(banner, "share-track")
    attributes = bar.to_plotly_json()["props"]
    assert attributes["role"] == "progressbar"
    assert [attributes[f"aria-value{name}"] for name in ("min", "now", "max", "text")] == [
        "0", "14", "30", "14 of 30 days",
    ]  # fmt: skip
    assert attributes["aria-label"]


def test_it_disappears_when_the_history_is_complete() -> None:
    assert children(SimpleNamespace(progress=lambda: None)) == {"children": None}


def test_it_stays_as_it_is_without_a_database() -> None:
    away = Database("postgresql+psycopg2://x@/x?host=/nowhere")
    assert children(DemoReport(away)) == {}


def test_outside_a_demo_nothing_is_read_and_nothing_can_appear() -> None:
    app = empty_application()
    demo_banner.register(app, page_services())
    assert not app.callback_map
    assert getattr(demo_banner.layout(), "children", None) is None
