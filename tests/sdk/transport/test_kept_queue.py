"""Reports that were not delivered survive a reload of the page."""

from typing import Any

from playwright.sync_api import Page

from tests.support.servers.chromium import Watch
from tests.support.servers.monitored_page import MonitoredPage


def test_undelivered_reports_survive_a_reload(page: Page, watch: Watch) -> None:
    site = MonitoredPage(page, watch)
    site.responses = [site.unavailable] * 3
    site.run("const s = await open('/chat'); await say(s, 'a'); await monitor.flush()")
    undelivered = site.posts[0][0]
    page.reload()
    site.responses = []
    again = [report for report in _delivered(site) if report["messages"]["sent"] == 1]
    assert again == [undelivered]
    assert site.run("return Object.keys(sessionStorage).length") == 0
    watch.console_errors.clear()  # the browser logs the 503


def test_delivered_reports_are_not_sent_again(page: Page, watch: Watch) -> None:
    site = MonitoredPage(page, watch)
    site.run("const s = await open('/chat'); await say(s, 'a'); await monitor.flush()")
    page.reload()
    _delivered(site)
    ids = [report["report_id"] for reports in site.posts for report in reports]
    assert len(ids) == len(set(ids))


def test_a_page_without_storage_works(page: Page, watch: Watch) -> None:
    page.add_init_script(
        "Object.defineProperty(window, 'sessionStorage', {get () { throw new Error('forbidden') }})"
    )
    site = MonitoredPage(page, watch)
    site.run("const s = await open('/chat'); await say(s, 'a')")
    assert site.flush()["messages"]["sent"] == 1


def test_what_does_not_fit_is_reported_as_lost_by_the_next_page(page: Page, watch: Watch) -> None:
    site = MonitoredPage(page, watch)
    site.responses = [site.unavailable] * 20
    site.run(
        "const set = Storage.prototype.setItem;"
        "Storage.prototype.setItem = function (name, text) {"
        "  if (text.length > 3000) throw new DOMException('full', 'QuotaExceededError');"
        "  set.call(this, name, text) };"
        "const s = await open('/chat');"
        "for (let n = 0; n < 9; n++) { await say(s, 'a'); await monitor.flush() }"
    )
    page.reload()
    site.responses = []
    reports = _delivered(site)
    site.run("const s = await open('/chat'); await say(s, 'a')")
    lost = site.flush()["lost_reports"] + sum(report["lost_reports"] for report in reports)
    assert lost > 0
    assert lost + len(reports) == 10  # and that of the page's end
    watch.console_errors.clear()  # the browser logs the 503


def _delivered(site: MonitoredPage) -> list[dict[str, Any]]:
    """The reports that the new page sends."""
    before = len(site.posts)
    site.run("await monitor.flush()")
    return [report for reports in site.posts[before:] for report in reports]
