"""Real sockets in Chromium: what their ends are, and what is counted of them."""

from typing import Any

import pytest

from tests.support.servers.monitored_page import JUDGED_MS, MonitoredPage


def end_and_settle(real: MonitoredPage, script: str, *, retried: bool = False) -> dict[str, Any]:
    """Open `s`, end it by `script`, wait for its close and for the verdict; the report."""
    real.run(f"const s = await open('/chat'); const done = ended(s); {script}; await done")
    if retried:
        real.run("await open('/chat')")
    real.pass_time()
    connection: dict[str, Any] = real.flush()["connection"]
    return connection


KINDS = ("lost", "ended_by_server", "replaced")


@pytest.mark.parametrize(
    ("script", "retried", "kinds", "read", "written"),
    [
        ("s.send('reset')", False, (1, 0, 0), "1006", None),
        ("s.send('close 1012')", False, (0, 1, 0), "1012", None),
        ("s.send('close 1000')", True, (0, 1, 0), "1000", None),
        ("s.close(4002)", False, (0, 0, 0), "4002", "4002"),
        ("s.close()", True, (0, 0, 1), "1005", "1005"),
    ],
    ids=["reset", "restart", "normal, retried", "page", "page, retried"],
)
def test_the_end_of_a_socket(
    real: MonitoredPage,
    script: str,
    retried: bool,
    kinds: tuple[int, int, int],
    read: str,
    written: str | None,
) -> None:
    connection = end_and_settle(real, script, retried=retried)
    assert tuple(connection[kind] for kind in KINDS) == kinds
    assert connection["drops"] == connection["lost"] + connection["ended_by_server"]
    assert connection["close_codes"] == {read: 1}
    assert connection["close_codes_given"] == ({written: 1} if written else {})
    assert connection["silent_ms"] == [0] * connection["drops"]
    assert connection["open_losses"] == (connection["drops"] if not retried else 0)


def test_a_normal_close_that_nothing_follows_is_no_drop(real: MonitoredPage) -> None:
    real.run(
        "const s = await open('/chat'); const done = ended(s); s.send('close 1000'); await done"
    )
    real.page.clock.run_for(62_000)
    assert (real.total("drops"), real.total("downtime_ms")) == (0, 0)


def test_downtime_runs_from_the_loss_to_the_next_open(real: MonitoredPage) -> None:
    real.run("const s = await open('/chat'); const done = ended(s); s.send('reset'); await done")
    real.pass_time(8_000)
    real.run("await open('/chat')")
    connection = real.flush()["connection"]
    assert connection["recovery_ms"] == [pytest.approx(8_000, abs=700)]
    assert connection["downtime_ms"] == pytest.approx(connection["recovery_ms"][0], abs=1)
    assert (connection["reconnect_attempts"], connection["reconnect_successes"]) == (1, 1)


def test_a_library_that_closes_a_silent_link_lost_it_when_it_closed(real: MonitoredPage) -> None:
    real.run("window.socket = await open('/chat'); socket.send('mute')")
    real.pass_time(5_000)
    real.run("socket.close(); await open('/chat')")
    real.pass_time(66_000)  # no close event: Chromium waits for a minute
    assert (real.total("lost"), real.total("replaced")) == (1, 0)
    silent = [ms for reports in real.posts for r in reports for ms in r["connection"]["silent_ms"]]
    assert silent == [pytest.approx(5_000, abs=1_500)]
    assert real.total("downtime_ms") < 1_500


def test_every_attempt_has_an_outcome(real: MonitoredPage) -> None:
    real.run("""
        monitor.connect('/chat').close()
        await open('/refuse')
        await open('/chat')
    """)
    real.pass_time()
    connections = [report["connection"] for report in (real.flush(), *real.posts[-1])]
    counts = {name: real.total(name) for name in ("attempts", "opened", "failed", "abandoned")}
    assert counts == {"attempts": 3, "opened": 1, "failed": 1, "abandoned": 1}
    assert all(connection["drops"] == 0 for connection in connections)
    real.watch.console_errors.clear()  # the browser logs refused sockets


def test_an_error_without_close_is_a_failed_attempt(real: MonitoredPage) -> None:
    real.run("""
        class Refused extends EventTarget {
          url = 'ws://x/chat'; readyState = 0; send () {} close () {}
        }
        const socket = monitor.observe(new Refused())
        socket.readyState = 3
        socket.dispatchEvent(new Event('error'))
    """)
    real.pass_time()
    connection = real.flush()["connection"]
    assert (connection["attempts"], connection["failed"]) == (1, 1)


def test_close_in_the_error_event_is_not_the_pages_wish(real: MonitoredPage) -> None:
    real.run("""
        class Reset extends EventTarget {
          url = 'ws://x/chat'; readyState = 1; send () {} close () { this.readyState = 2 }
        }
        const socket = monitor.observe(new Reset())
        socket.addEventListener('error', () => socket.close())
        socket.dispatchEvent(new Event('error'))
        socket.dispatchEvent(new CloseEvent('close', { code: 1006, wasClean: false }))
    """)
    real.pass_time(JUDGED_MS)
    assert real.flush()["connection"]["lost"] == 1


def test_handshakes_to_a_host_are_timed_without_its_queue(real: MonitoredPage) -> None:
    real.page.clock.resume()
    real.run("await Promise.all(Array.from({ length: 5 }, () => open('/slow')))")
    times = real.flush()["setup_ms"]
    assert len(times) == 5
    assert sum(times) < 5 * 2 * min(times) + 500  # with the queue: 15 times the shortest


def test_ids_may_be_several_and_know_their_direction(real: MonitoredPage) -> None:
    real.run("""
        const messageId = (data, direction) => direction === 'sent' ? data.split(',') : [data]
        const socket = await open('/chat', { messageId })
        socket.send('a,b')
        socket.send('a')
        await new Promise(resolve => { socket.onmessage = ({ data }) => data === 'a' && resolve() })
    """)
    report = real.flush()
    assert len(report["latency"]["samples_ms"]) == 1
    assert report["messages"]["received"] == 2


def test_a_heartbeat_of_a_recognised_protocol_that_is_silent_means_lost(
    real: MonitoredPage,
) -> None:
    real.run("""
        monitor.install()
        const socket = window.socket = await open('/ws', { messageId: undefined })
        const echo = new Promise(resolve => { socket.onmessage = resolve })
        socket.send('{"type":"ping","id":"1"}')
        await echo // which is no pong
    """)
    real.pass_time(3_000)
    real.run("const done = ended(socket); socket.close(); await done")
    real.pass_time()
    report = real.flush()
    assert (report["protocol"], report["connection"]["lost"]) == ("rooms", 1)
    assert report["connection"]["silent_ms"] == [pytest.approx(3_000, abs=1_500)]
