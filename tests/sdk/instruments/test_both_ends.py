"""An id in the address of a socket, only where it is asked for; and the end that is told of it."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import pytest
from playwright.sync_api import Page

from tests.support.servers.chromium import Watch
from tests.support.servers.monitored_page import ECHO, MonitoredPage
from tests.support.servers.socket_server import SocketServer


def correlated(page: Page, watch: Watch, server: SocketServer, option: str) -> MonitoredPage:
    page.clock.install()
    script = ECHO.replace("release: '1.2'", f"correlate: {option}")
    return MonitoredPage(page, watch, server, script)


@pytest.fixture
def site(page: Page, watch: Watch, server: SocketServer) -> MonitoredPage:
    return correlated(page, watch, server, "true")


def id_of(address: str) -> str:
    return dict(parse_qsl(urlsplit(address).query)).get("wsmon", "")


def test_every_socket_gets_an_id_of_its_own(site: MonitoredPage) -> None:
    first = site.run("return (await open('/chat?token=a%20b&x')).url")
    second = site.run("return (await open('/chat')).url")
    assert first.partition("&wsmon=")[0].endswith("/chat?token=a%20b&x")
    assert UUID(id_of(first)) != UUID(id_of(second))


def test_an_address_that_is_used_again_gets_a_new_id(site: MonitoredPage) -> None:
    first, second = site.run("""
        const first = await open('/chat?a=1'); const second = await open(first.url + '&b=2')
        return [first.url, second.url]""")
    assert id_of(first) != id_of(second)
    assert second.partition("/chat")[2] == f"?a=1&b=2&wsmon={id_of(second)}"


def test_installed_monitors_give_ids_and_leave_subprotocols(site: MonitoredPage) -> None:
    url, protocol, faults = site.run("""
        monitor.install()
        const socket = new WebSocket('/chat', ['chat'])
        await new Promise(resolve => socket.addEventListener('open', resolve))
        const faults = [() => new WebSocket(), () => new WebSocket('ftp:bad')].map(make => {
          try { make() } catch (fault) { return fault.name } })
        return [socket.url, socket.protocol, faults]""")
    assert id_of(url)
    assert (protocol, faults) == ("chat", ["TypeError", "SyntaxError"])


@pytest.mark.parametrize(
    ("option", "has_id"),
    [
        ("false", False), ("undefined", False), ("[]", False), ("['other.example']", False),
        ("[location.host]", True), ("url => url.includes('/chat')", True),
        ("() => 'yes'", False), ("() => { throw 1 }", False),
    ],
)  # fmt: skip
def test_no_address_changes_unless_the_option_says_so(
    page: Page, watch: Watch, server: SocketServer, option: str, has_id: bool
) -> None:
    site = correlated(page, watch, server, option)
    url = site.run("monitor.install(); return (await open('/chat?x')).url")
    assert bool(id_of(url)) is has_id
    site.run("const s = await open('/chat'); const done = ended(s); s.close(); await done")
    site.pass_time()
    assert bool(site.flush().get("ends")) is has_id


def test_true_is_for_the_pages_own_host(site: MonitoredPage, server: SocketServer) -> None:
    other = server.url.replace("127.0.0.1", "localhost")
    assert not id_of(site.run(f"return (await open('{other}/chat')).url"))


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("s.close(4002)", ("page", 4002, 4002)),
        ("s.close()", ("page", 1005, None)),
        ("s.send('close 1012')", ("server", 1012, None)),
        ("s.send('reset')", ("nobody", 1006, None)),
    ],
)
def test_an_end_is_reported_once(
    site: MonitoredPage, script: str, expected: tuple[Any, ...]
) -> None:
    address = site.run(f"""
        const s = await open('/chat'); await say(s, 'a', 'b')
        const done = ended(s); {script}; await done; return s.url""")
    site.pass_time()
    (end,) = site.flush()["ends"]
    assert end["id"] == id_of(address)
    assert (end["by"], end["code"], end.get("own_code")) == expected
    assert (end["sent"] in (2, 3), end["received"]) == (True, 2)
    assert end["ago_ms"] >= 0 <= end["open_ms"]
    site.flush()
    assert sum(len(report.get("ends", ())) for post in site.posts for report in post) == 1


def test_what_never_opened_has_no_open_time(site: MonitoredPage) -> None:
    site.run("await open('/refuse')")
    site.pass_time()
    (end,) = site.flush()["ends"]
    assert (end["by"], end["code"], end.get("open_ms")) == ("nobody", 1006, None)
    site.watch.console_errors.clear()  # the browser logs refused sockets


def test_a_page_that_is_left_says_so(site: MonitoredPage) -> None:
    site.run("await open('/chat'); await open('/chat')")
    site.expect_post(lambda: site.run("dispatchEvent(new PageTransitionEvent('pagehide'))"))
    (report,) = site.posts[-1]
    assert [(end["by"], end.get("code")) for end in report["ends"]] == [("left", None)] * 2


def test_the_number_of_ends_in_a_report_is_bounded(site: MonitoredPage) -> None:
    site.run("""for (let i = 0; i < 25; i++) {
        const s = await open('/chat'); const done = ended(s); s.close(); await done }""")
    site.pass_time()
    assert len(site.flush()["ends"]) == 20
