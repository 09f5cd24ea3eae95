"""How the monitor delivers: retries, the clock, what is lost, and the last moment of a page."""

import pytest
from playwright.sync_api import Page

from tests.support.chromium import Watch
from tests.support.monitored_page import Lab


@pytest.fixture
def lab(page: Page, watch: Watch) -> Lab:
    """A page with the monitor and a socket server that echoes; its clock is the test's."""
    page.clock.install()
    return Lab(page, watch)


def test_what_the_server_did_not_take_is_sent_again_under_the_same_id_and_time(lab: Lab) -> None:
    lab.answers = [lab.away]
    lab.run("await open('/chat'); await monitor.flush()")
    lab.expect_post(lambda: lab.page.clock.run_for(41_000))
    first, again = lab.posts[0][0], lab.posts[-1][0]
    assert again == first
    lab.watch.console_errors.clear()  # the browser tells of the 503


def test_the_server_is_left_alone_as_long_as_it_asked(lab: Lab) -> None:
    lab.answers = [lab.away]
    lab.run("await open('/chat'); await monitor.flush()")
    lab.page.clock.run_for(35_000)
    assert len(lab.posts) == 1
    lab.watch.console_errors.clear()


def test_the_clock_is_learnt_and_a_refused_time_is_stamped_again_under_the_same_id(
    lab: Lab,
) -> None:
    lab.answers = [lab.refuse("period_end")]
    lab.server_time = "2030-01-01T00:00:00.000Z"
    lab.run("await open('/chat'); await monitor.flush()")
    lab.expect_post(lambda: lab.page.clock.run_for(100))
    first, again = (reports[0] for reports in lab.posts)
    assert again["report_id"] == first["report_id"]
    assert again["period_end"].startswith(("2029-12-31T23:59:5", "2030-01-01T00:00:0"))
    assert again["messages"] == first["messages"]
    lab.watch.console_errors.clear()  # the browser tells of the 422


def test_a_report_the_server_refuses_is_lost_and_told(lab: Lab) -> None:
    lab.answers = [lab.refuse("app")]
    lab.run("await open('/chat'); await monitor.flush()")
    assert lab.flush()["lost_reports"] == 1
    lab.watch.console_errors.clear()  # the browser tells of the 422


def test_at_most_a_hundred_reports_wait_and_the_rest_is_told_as_lost(lab: Lab) -> None:
    lab.page.route("**/api/**", lambda route: route.abort())
    lab.run("await open('/chat'); for (let i = 0; i < 105; i++) monitor.endPeriod()")
    waiting = lab.run("return monitor.delivery.waiting.length")
    told = lab.run("return monitor.delivery.waiting.reduce((n, i) => n + i.report.lost_reports, 0)")
    assert (waiting, told + lab.run("return monitor.delivery.lost")) == (100, 5)


def test_a_hidden_page_sends_the_rest_at_once(lab: Lab) -> None:
    lab.run("const s = await open('/chat'); await say(s, 'a')")
    lab.page.clock.run_for(1_000)
    hide = """Object.defineProperty(document, 'hidden', {value: true});
              document.dispatchEvent(new Event('visibilitychange'))"""
    lab.expect_post(lambda: lab.page.evaluate(hide))
    assert lab.posts[-1][0]["messages"]["sent"] == 1
