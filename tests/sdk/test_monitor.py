"""The browser monitor in a real Chromium, against a mocked server and sockets."""

import json
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route

from ingest import payloads
from ingest.site import sdk
from models.metrics.histogram import BOUNDS_US, bucket_of
from tests.support.clock import Clock
from tests.support.servers.chromium import Watch
from tests.support.servers.monitored_page import PERIOD_MS, MonitoredPage


@pytest.fixture
def site(page: Page, watch: Watch) -> MonitoredPage:
    """A page with the monitor and an echoing socket server; the test controls its clock."""
    page.clock.install()
    return MonitoredPage(page, watch)


def test_a_report_counts_what_a_socket_did(site: MonitoredPage) -> None:
    site.run("const s = await open('/chat?token=x'); await say(s, 'a', 'bé'); s.close(1000)")
    site.pass_time()
    report = site.flush()
    connection, messages = report["connection"], report["messages"]
    assert (connection["attempts"], connection["opened"], connection["failed"]) == (1, 1, 0)
    assert (messages["sent"], messages["received"], messages["errors"]) == (2, 2, 0)
    assert (messages["bytes_sent"], messages["bytes_received"]) == (4, 4)
    assert len(report["latency"]["samples_ms"]) == 2
    assert len(report["setup_ms"]) == 1
    assert (report["endpoint"], report["page"]) == ("/chat", "/patients/list")
    assert (report["app"], report["release"]) == ("portal", "1.2")


def test_the_server_reads_every_report_of_the_monitor(site: MonitoredPage, clock: Clock) -> None:
    site.run("const s = await open('/chat'); await say(s, 'a'); monitor.roundTrip(12.5)")
    site.run("monitor.queued(3)")
    report = site.flush()
    now = clock()
    report["period_start"] = report["period_end"] = now.isoformat()
    parsed = payloads.read(report, payloads.SenderInfo(), now)
    assert (parsed.opened, parsed.sent, parsed.queued, sum(parsed.latency_counts)) == (1, 1, 3, 2)
    assert payloads.unknown_fields(report) == 0


def test_a_drop_and_its_reconnect_are_counted_together(site: MonitoredPage) -> None:
    site.run("await open('/chat')")
    site.sockets[0].close(code=1006)
    site.pass_time(4_000)
    site.run("await open('/chat')")
    connection = site.flush()["connection"]
    assert (connection["opened"], connection["drops"]) == (2, 1)
    assert (connection["reconnect_attempts"], connection["reconnect_successes"]) == (1, 1)
    assert connection["close_codes"] == {"1006": 1}
    assert len(connection["recovery_ms"]) == 1
    assert connection["downtime_ms"] == pytest.approx(connection["recovery_ms"][0], abs=1)
    assert connection["downtime_ms"] >= 4_000


def test_every_period_counts_for_itself(site: MonitoredPage) -> None:
    site.run("window.s = await open('/chat'); await say(s, 'a')")
    site.expect_post(lambda: site.page.clock.run_for(PERIOD_MS))
    site.run("await say(s, 'b', 'c')")
    site.expect_post(lambda: site.page.clock.run_for(PERIOD_MS))
    first, second = (reports[0] for reports in site.posts)
    assert (first["connection"]["opened"], second["connection"]["opened"]) == (1, 0)
    assert (first["messages"]["sent"], second["messages"]["sent"]) == (1, 2)
    assert first["session_id"] == second["session_id"]
    assert first["report_id"] != second["report_id"]
    assert second["connection"]["open_ms"] == pytest.approx(PERIOD_MS, abs=2_000)


def test_a_round_trip_over_a_hidden_page_is_not_counted(site: MonitoredPage) -> None:
    site.run("window.s = await open('/chat')")
    site.run("""Object.defineProperty(document, 'hidden', {value: true})
                document.dispatchEvent(new Event('visibilitychange')); await say(s, 'slow')""")
    report = site.flush()
    assert (report["messages"]["received"], report["latency"]["samples_ms"]) == (1, [])


def test_pings_of_the_monitor_are_round_trips_but_no_messages(site: MonitoredPage) -> None:
    ping = "{everyMs: 1000, message: id => `ping ${id}`, id: data => data.split('ping ')[1]}"
    site.run(f"await open('/chat', {{ping: {ping}}})")
    site.page.clock.run_for(3_100)
    site.run("await new Promise(resolve => requestAnimationFrame(resolve))")
    report = site.flush()
    assert (report["messages"]["sent"], report["messages"]["received"]) == (0, 0)
    assert len(report["latency"]["samples_ms"]) == 3


def test_more_round_trips_than_a_report_may_list_go_to_buckets(site: MonitoredPage) -> None:
    site.run("await open('/chat'); for (let i = 0; i < 503; i++) monitor.roundTrip(25)")
    latency = site.flush()["latency"]
    assert latency["samples_ms"] == [25] * 500
    assert latency["histogram"] == {str(bucket_of(25)): 3}


def serve_modules(route: Route) -> None:
    path = sdk.FOLDER / urlsplit(route.request.url).path.lstrip("/")
    body = path.read_text() if path.is_file() else ""
    route.fulfill(content_type="text/javascript" if body else "text/html", body=body)


def test_buckets_are_the_servers_at_every_edge(page: Page) -> None:
    page.route("**/*", serve_modules)
    page.goto("http://127.0.0.1/")
    bounds, buckets = page.evaluate(
        """async edges => {
            const { boundsUs, bucketOf } = await import('/core/histogram.js')
            const bounds = boundsUs()
            return [bounds, edges.map(us => bucketOf(us / 1000, bounds))] }""",
        edges := [us + step for us in BOUNDS_US for step in (-1, 0, 1)],
    )
    assert bounds == list(BOUNDS_US)
    assert buckets == [bucket_of(us / 1000) for us in edges]


def test_an_installed_monitor_watches_every_socket_of_the_page(site: MonitoredPage) -> None:
    outcome = site.run("""
        const native = WebSocket
        monitor.install(url => url.endsWith('/private') ? null : {messageId: data => data})
        monitor.install()
        class Mine extends WebSocket {}
        const [chat, mine] = [new WebSocket('/chat'), new Mine('/mine')]
        new WebSocket('/private')
        await Promise.all([chat, mine].map(s => new Promise(r => s.addEventListener('open', r))))
        await say(chat, 'a')
        const kept = [chat instanceof WebSocket, mine instanceof Mine, WebSocket.OPEN === 1]
        await monitor.flush()
        monitor.uninstall()
        return [...kept, WebSocket === native]
    """)
    assert outcome == [True] * 4
    reports = {report["endpoint"]: report for report in site.posts[-1]}
    assert reports.keys() == {"/chat", "/mine"}
    assert reports["/chat"]["connection"]["attempts"] == 1
    assert len(reports["/chat"]["latency"]["samples_ms"]) == 1


def test_a_socket_is_observed_once(site: MonitoredPage) -> None:
    report = (
        site.run("""
        monitor.install()
        monitor.observe(await open('/chat'))
    """)
        or site.flush()
    )
    assert report["connection"]["attempts"] == report["connection"]["opened"] == 1


def test_a_script_tag_with_an_app_needs_no_code(page: Page, watch: Watch) -> None:
    site = MonitoredPage(page, watch)
    site.run(
        """
        const tag = Object.assign(document.createElement('script'), {textContent: SOURCE})
        Object.assign(tag.dataset, {app: 'kiosk', release: '7'})
        document.head.append(tag)
        const socket = new WebSocket('/chat')
        await new Promise(resolve => socket.addEventListener('open', resolve))
        await webSocketClientMonitor.flush()
    """.replace("SOURCE", json.dumps(sdk.script()))
    )
    (report,) = site.posts[-1]
    assert (report["app"], report["release"]) == ("kiosk", "7")
    assert report["connection"]["opened"] == 1


def test_pings_in_the_protocol_of_our_own_service(site: MonitoredPage) -> None:
    site.page.route_web_socket(
        "**/ws", lambda s: s.on_message(lambda m: s.send(str(m).replace("ping", "pong")))
    )
    site.page.clock.install()
    site.run("await open('/ws', {ping: true, messageId: undefined})")
    site.page.clock.run_for(5500)
    site.page.wait_for_timeout(0)
    report = site.flush()
    assert len(report["latency"]["samples_ms"]) == 1
    assert report["messages"]["sent"] == report["messages"]["received"] == 0


@pytest.mark.parametrize("wish", ["globalPrivacyControl = true", "doNotTrack = '1'"])
def test_privacy_signals_disable_the_monitor(page: Page, watch: Watch, wish: str) -> None:
    name, _, value = wish.partition(" = ")
    page.add_init_script(f"Object.defineProperty(navigator, '{name}', {{value: {value}}})")
    site = MonitoredPage(page, watch)
    site.run("const s = await open('/chat'); await say(s, 'a'); await monitor.flush()")
    assert site.posts == []


def test_the_monitor_never_breaks_the_page(site: MonitoredPage) -> None:
    outcome = site.run("""
        const broken = {app: Symbol('x'), page: () => { throw new Error('page') }}
        const monitor = new WebSocketClientMonitor(broken)
        const options = {messageId: () => { throw new Error('id') }}
        const socket = monitor.connect('/chat', options)
        await new Promise(resolve => socket.addEventListener('open', resolve))
        await say(socket, 'a')
        monitor.observe(null)
        monitor.roundTrip('nonsense')
        await monitor.flush()
        return 'alive'
    """)
    assert outcome == "alive"


def test_a_message_sent_too_early_is_an_error_and_the_page_hears_of_it(site: MonitoredPage) -> None:
    outcome = site.run("""
        const socket = monitor.connect('/chat')
        try { socket.send('early') } catch (fault) { return fault.name }
    """)
    assert outcome
    assert site.flush()["messages"]["errors"] == 1


def test_user_experience_is_reported_once(page: Page, watch: Watch) -> None:
    site = MonitoredPage(page, watch)
    site.run("await open('/chat'); window.dispatchEvent(new ErrorEvent('error'))")
    site.page.mouse.click(5, 5)
    first, second = site.flush()["ux"], site.flush()["ux"]
    assert (first["errors"], first["interactions"]) == (1, 1)
    assert first["page_load_ms"] > 0
    assert "page_load_ms" not in second
    assert second["interactions"] == 0
