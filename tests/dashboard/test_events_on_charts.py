"""What happened is marked on every chart, and its name cannot draw anything else."""

from datetime import timedelta
from uuid import uuid4

from analytics.ranges.timerange import TimeRange
from analytics.reports.reports import Reports
from dashboard.charts import annotations
from dashboard.widgets.panel import UNDRAWN
from models.database.engine import Database
from models.raw.events import Event, Events
from tests.support.clock import NOON


def test_a_mark_is_a_line_with_a_short_escaped_name() -> None:
    plain = {"data": [], "layout": {"shapes": [{"name": "limit"}]}}
    drawn = annotations.with_event_marks(
        plain, [("2026-03-02 12:00:00", "<b>release</b> 2.4.1 is out")]
    )
    shapes, (word,) = drawn["layout"]["shapes"], drawn["layout"]["annotations"]
    assert [shape.get("name") for shape in shapes] == ["limit", None]
    assert "<" not in word["text"]
    assert word["text"].endswith("…")
    assert plain["layout"] == {"shapes": [{"name": "limit"}]}


def test_what_is_not_drawn_yet_is_not_marked() -> None:
    undrawn = {"data": [], "layout": UNDRAWN}
    assert annotations.with_event_marks(undrawn, [("2026-03-02 12:00:00", "release")]) == undrawn


def test_events_of_another_app_or_time_are_left_out(database: Database) -> None:
    for at, app in ((NOON, "portal"), (NOON, None), (NOON, "kiosk"), (NOON.replace(hour=1), None)):
        Events(database).add(Event(uuid4(), at, "deploy", f"{app} {at.hour}", app))
    window = TimeRange(NOON - timedelta(hours=1), NOON + timedelta(hours=1))
    events = Reports(database).events(window, "portal")
    assert {event.title for event in events} == {"portal 12", "None 12"}
