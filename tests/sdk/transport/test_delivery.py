"""Delivery by the monitor: retries, clock offset, lost reports, flush on page hide."""

import pytest
from playwright.sync_api import Page

from tests.support.servers.chromium import Watch
from tests.support.servers.monitored_page import MonitoredPage


@pytest.fixture
def site(page: Page, watch: Watch) -> MonitoredPage:
    """A page with the monitor and an echoing socket server; the test controls its clock."""
    page.clock.install()
    return MonitoredPage(page, watch)


def test_a_failed_report_is_sent_again_with_the_same_id_and_time(site: MonitoredPage) -> None:
    site.responses = [site.unavailable]
    site.run("await open('/chat'); await monitor.flush()")
    site.expect_post(lambda: site.page.clock.run_for(41_000))
    first, again = site.posts[0][0], site.posts[-1][0]
    assert again == first
    site.watch.console_errors.clear()  # the browser logs the 503


def test_retry_after_is_respected(site: MonitoredPage) -> None:
    site.responses = [site.unavailable]
    site.run("await open('/chat'); await monitor.flush()")
    site.page.clock.run_for(35_000)
    assert len(site.posts) == 1
    site.watch.console_errors.clear()


def test_a_report_rejected_for_its_time_is_restamped_with_the_same_id(
    site: MonitoredPage,
) -> None:
    site.responses = [site.reject("period_end")]
    site.server_time = "2030-01-01T00:00:00.000Z"
    site.run("await open('/chat'); await monitor.flush()")
    site.expect_post(lambda: site.page.clock.run_for(100))
    first, again = (reports[0] for reports in site.posts)
    assert again["report_id"] == first["report_id"]
    assert again["period_end"].startswith(("2029-12-31T23:59:5", "2030-01-01T00:00:0"))
    assert again["messages"] == first["messages"]
    site.watch.console_errors.clear()  # the browser logs the 422


def test_a_rejected_report_counts_as_lost(site: MonitoredPage) -> None:
    site.responses = [site.reject("app")]
    site.run("await open('/chat'); await monitor.flush()")
    assert site.flush()["lost_reports"] == 1
    site.watch.console_errors.clear()  # the browser logs the 422


def test_at_most_a_hundred_reports_wait_and_others_count_as_lost(site: MonitoredPage) -> None:
    site.page.route("**/api/**", lambda route: route.abort())
    site.run("await open('/chat'); for (let i = 0; i < 105; i++) await monitor.flush()")
    site.page.unroute("**/api/**")
    site.page.clock.run_for(5_000)
    site.run("await monitor.flush()")
    reports = [report for reports in site.posts for report in reports]
    lost = sum(report["lost_reports"] for report in reports)
    assert (len(reports), lost) == (101, 5)
    site.watch.console_errors.clear()  # the browser logs what was aborted


def test_a_hidden_page_flushes_at_once(site: MonitoredPage) -> None:
    site.run("const s = await open('/chat'); await say(s, 'a')")
    site.page.clock.run_for(1_000)
    hide = """Object.defineProperty(document, 'hidden', {value: true});
              document.dispatchEvent(new Event('visibilitychange'))"""
    site.expect_post(lambda: site.page.evaluate(hide))
    assert site.posts[-1][0]["messages"]["sent"] == 1
