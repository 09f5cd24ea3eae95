"""What the client Overview says when there is nothing to draw, and what it offers to do."""

from dataclasses import replace

import pytest

from analytics.reports.reports import Reports
from dashboard.client.overview.empty_state import empty_state_of
from dashboard.client.overview.page import PAGE
from dashboard.core.url_state import View
from dashboard.page.board import EmptyState
from models.database.engine import Database
from models.raw.report_insert import ClientReports
from tests.support.pages.client_figures import a_summary, an_empty_summary, overview_data
from tests.support.pages.components import components_of, links_of, text_of, texts_of
from tests.support.pages.page_services import page_services
from tests.support.store.report_factory import report


def empty_state(apps: list[str], **filters: str) -> EmptyState:
    view = View(preset="1h", filters=filters)
    empty = replace(overview_data(an_empty_summary(), view=view), apps=apps)
    state = empty_state_of(empty)
    assert state is not None
    return state


def test_a_range_with_reports_is_not_empty() -> None:
    assert empty_state_of(overview_data(a_summary())) is None


def test_without_any_report_the_script_is_offered_and_a_longer_range() -> None:
    message = empty_state([], app="shop").full_message()
    assert texts_of(message, "state-title") == ["No reports in this range"]
    assert 'data-app="shop"' in text_of(message)
    assert links_of(message)["Show 30 days"] == "?range=30d"


@pytest.mark.parametrize("app", ['"><script>alert(1)</script>', "a\nb", "ж"])
def test_a_hostile_app_is_not_copied_into_the_script(app: str) -> None:
    message = empty_state([], app=app).full_message()
    snippet = text_of(components_of(message, "snippet"))
    assert snippet.endswith('data-app="portal"></script>')


@pytest.mark.parametrize(
    ("apps", "others"), [(["a"], "1 other app reports"), (["a", "b"], "2 other apps report")]
)
def test_a_silent_app_is_not_a_silent_range(apps: list[str], others: str) -> None:
    message = empty_state(apps, app="shop").full_message()
    assert texts_of(message, "state-title") == ["No reports from shop in this range"]
    assert others in text_of(message)
    assert links_of(message) == {"Set up": "/admin/setup", "Show all apps": "?range=1h"}


def test_the_last_filter_is_offered_to_be_cleared() -> None:
    both = empty_state(["shop"], app="shop", release="<b>9</b>").full_message()
    assert texts_of(both, "state-title") == ["No sessions match these 2 filters"]
    assert links_of(both) == {"Clear Release <b>9</b>": "?range=1h&app=shop"}
    single = empty_state(["shop"], country="BR").full_message()
    assert texts_of(single, "state-title") == ["No sessions match this filter"]


@pytest.mark.parametrize(
    ("filters", "title"),
    [
        ({"service": "chat"}, "No reports in this range"),
        ({"app": "shop", "service": "chat"}, "No reports from shop in this range"),
        ({"country": "BR", "service": "chat"}, "No sessions match this filter"),
    ],
)
def test_a_filter_of_the_server_side_is_none_of_this_page(
    filters: dict[str, str], title: str
) -> None:
    message = empty_state(["kiosk"], **filters).full_message()
    assert texts_of(message, "state-title") == [title]


def test_a_period_without_reports_is_no_comparison_and_the_status_says_so(
    database: Database,
) -> None:
    ClientReports(database).insert([report((40.0,) * 30)])
    page_data = PAGE.read(page_services(reports=Reports(database)), View(preset="1h"), "UTC")
    assert page_data.before is None
    assert "nothing to compare with in the previous period" in text_of(PAGE.status(page_data))
    unasked = replace(page_data, view=View(preset="1h", compare="off"))
    assert "compare" not in text_of(PAGE.status(unasked))


def test_the_status_names_the_reports_that_browsers_lost() -> None:
    view = View(preset="1h", filters={"app": "a&b"})
    status = PAGE.status(overview_data(a_summary(lost_reports=1204), view=view, zone="Asia/Tokyo"))
    assert text_of(status[0]) == (
        "Data as of 21:00:00 · resolution 5 min · nothing to compare with in the previous period"
        " · 1,204 reports lost by browsers"
    )
    links, ends = links_of(status), "start=2026-03-02T11%3A00%3A00Z&end=2026-03-02T12%3A00%3A00Z"
    assert links == {
        "Series of this page": f"/api/ws/client-metrics/summary?{ends}&format=csv&app=a%26b",
        "Sessions": f"/api/ws/export/sessions.csv?{ends}&app=a%26b",
        "Client reports": f"/api/ws/export/client-reports.csv?{ends}&app=a%26b",
    }
