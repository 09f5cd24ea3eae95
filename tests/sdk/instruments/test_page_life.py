"""Back and forward, hidden, frozen, asleep, leaving: what is an interruption and what is not."""

from typing import Any

import pytest

from tests.support.servers.monitored_page import MonitoredPage

OPEN = "window.socket = await open('/chat')"
RESET = "const done = ended(socket); socket.send('reset'); await done"
PAUSES = {
    "cached": (
        "window.dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))",
        "window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))",
    ),
    "frozen": (
        "document.dispatchEvent(new Event('freeze'))",
        "document.dispatchEvent(new Event('resume'))",
    ),
}
HIDE = """Object.defineProperty(document, 'hidden', {value: HIDDEN, configurable: true})
          document.dispatchEvent(new Event('visibilitychange'))"""


def connections(real: MonitoredPage) -> list[dict[str, Any]]:
    """The section of every report, the running period too."""
    real.total("drops")
    return [report["connection"] for reports in real.posts for report in reports]


@pytest.mark.parametrize("pause", PAUSES)
def test_what_closes_on_return_is_no_loss(real: MonitoredPage, pause: str) -> None:
    leave, come_back = PAUSES[pause]
    real.run(OPEN)
    real.page.clock.run_for(4_000)
    real.expect_post(lambda: real.run(leave))
    real.page.clock.fast_forward(600_000)
    real.run(f"{come_back}; {RESET}; await open('/chat')")
    real.pass_time(2_000)
    assert real.total("drops") == real.total("reconnect_attempts") == real.total("downtime_ms") == 0
    assert real.total("suspended_ms") == pytest.approx(600_000, abs=2_000)
    assert real.total("open_ms") == pytest.approx(6_000, abs=2_000)
    assert [
        report["leaving"] for reports in real.posts for report in reports if "leaving" in report
    ]


def test_a_socket_opened_after_the_return_can_be_lost(real: MonitoredPage) -> None:
    leave, come_back = PAUSES["cached"]
    real.expect_post(lambda: real.run(f"{OPEN}; {leave}"))
    real.page.clock.fast_forward(60_000)
    real.run(f"{come_back}; {OPEN}; {RESET}")
    real.pass_time()
    assert real.total("lost") == 1


def test_a_machine_that_slept_lost_nothing(real: MonitoredPage) -> None:
    real.run(OPEN)
    real.run("""
        const { now } = Date
        Date.now = () => now() + 3e6
    """)
    real.run(RESET)
    real.pass_time(2_000)
    (connection,) = connections(real)
    assert (connection["drops"], connection["suspended_ms"]) == (0, pytest.approx(3e6, abs=1_000))


def test_what_ends_just_before_the_page_leaves_is_meant(real: MonitoredPage) -> None:
    real.run(f"{OPEN}; {RESET}; {PAUSES['cached'][0]}")
    assert real.total("drops") == real.total("never_back") == 0


def test_a_loss_still_open_when_the_page_leaves_never_came_back(real: MonitoredPage) -> None:
    real.run(f"{OPEN}; {RESET}")
    real.pass_time(5_000)
    assert real.flush()["connection"]["open_losses"] == 1
    real.run(PAUSES["cached"][0])
    connection = connections(real)[-1]
    assert (connection["never_back"], connection["open_losses"]) == (1, 0)
    assert real.posts[-1][-1]["leaving"] is True


def test_the_last_report_of_a_page_is_leaving_however_late_it_turns_hidden(
    real: MonitoredPage,
) -> None:
    real.run(OPEN)
    real.expect_post(lambda: real.run("window.dispatchEvent(new PageTransitionEvent('pagehide'))"))
    real.run("socket.send('late')")
    real.pass_time(500)
    real.run(HIDE.replace("HIDDEN", "true"))
    assert real.flush()["leaving"] is True
    assert [report["leaving"] for reports in real.posts for report in reports][-1] is True


def test_a_return_clears_that_the_page_was_leaving(real: MonitoredPage) -> None:
    leave, come_back = PAUSES["frozen"]
    real.run(f"{OPEN}; {leave}; {come_back}")
    assert "leaving" not in real.flush()


def test_downtime_of_a_hidden_page_is_apart(real: MonitoredPage) -> None:
    real.run(f"{OPEN}; {RESET}")
    real.pass_time(3_000)
    real.run(HIDE.replace("HIDDEN", "true"))
    real.page.clock.run_for(4_000)
    real.run(HIDE.replace("HIDDEN", "false"))
    real.page.clock.run_for(2_000)
    assert real.total("downtime_ms") == pytest.approx(9_000, abs=2_000)
    assert real.total("downtime_hidden_ms") == pytest.approx(4_000, abs=1_000)


def test_a_page_without_news_gives_a_sign_of_life_each_minute(real: MonitoredPage) -> None:
    real.run(f"{OPEN}; {RESET}")
    real.pass_time(3_000)
    real.run("const s = await open('/chat'); const done = ended(s); s.close(); await done")
    real.pass_time(3_000)
    real.flush()
    before = len(real.posts)
    real.page.clock.run_for(130_000)
    real.flush()
    reports = [report for reports in real.posts[before:] for report in reports]
    assert 2 <= len(reports) <= 3
    assert all("endpoint" not in report for report in reports)
    assert {report["connection"]["open_losses"] for report in reports} == {0}
