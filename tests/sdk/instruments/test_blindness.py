"""What a monitor cannot see, it says: in its reports, and once on the console with `debug`."""

import json

import pytest
from playwright.sync_api import Page

from ingest.site import sdk
from tests.support.servers.chromium import Watch
from tests.support.servers.monitored_page import MonitoredPage
from tests.support.servers.socket_server import SocketServer

INNER = """<script>const socket = new WebSocket(location.origin.replace('http', 'ws') + '/inner')
    socket.onopen = () => parent.postMessage('open', '*')</script>"""
FRAME = """
    const frame = Object.assign(document.createElement('iframe'), { src: '/frame' })
    const inner = new Promise(resolve => { window.onmessage = resolve })
    document.body.append(frame)
    await inner
"""
WORKER = """
    importScripts('/sdk.js')
    const monitor = new WebSocketClientMonitor({ app: 'worker' }).install()
    const socket = new WebSocket(location.origin.replace('http', 'ws') + '/in-worker')
    socket.onopen = async () => { await monitor.flush(); postMessage(monitor.sessionId) }
"""


def test_a_socket_opened_before_is_met_when_it_is_used(real: MonitoredPage) -> None:
    real.run("""
        const socket = window.socket = new WebSocket('/early')
        await new Promise(resolve => { socket.onopen = resolve })
        monitor.install()
        socket.send('hello')
        const done = ended(socket)
        socket.send('reset')
        await done
    """)
    real.pass_time()
    report = real.flush()
    connection = report["connection"]
    assert report["may_be_blind"] == ["loaded-late"]
    assert (connection["attempts"], connection["opened"], connection["lost"]) == (0, 0, 1)
    assert report["messages"]["sent"] == 2


@pytest.mark.parametrize("taker", ["window.io = () => {}", "window.WebSocket = class Mine {}"])
def test_a_taken_constructor_is_reported(real: MonitoredPage, taker: str) -> None:
    real.run(f"const native = WebSocket; {taker}; monitor.install(); window.WebSocket = native")
    real.run("await open('/chat')")
    assert real.flush()["may_be_blind"] == ["constructor-taken"]


def test_a_blind_page_reports_it_once(real: MonitoredPage) -> None:
    """As one whose Socket.IO was loaded first: its sockets are not seen, and that it has them."""
    real.run("window.io = () => {}; monitor.install()")
    report = real.flush()
    assert report["may_be_blind"] == ["constructor-taken"]
    assert report["connection"]["attempts"] == 0
    real.flush()
    assert len(real.posts) == 1


def test_the_console_says_it_once_with_debug_alone(real: MonitoredPage) -> None:
    lines: list[str] = []
    real.page.on("console", lambda message: lines.append(message.text))
    real.run("""
        window.io = () => {}
        new WebSocketClientMonitor({ app: 'quiet' }).install()
        const loud = new WebSocketClientMonitor({ app: 'loud', debug: true }).install()
        loud.uninstall()
        loud.install()
    """)
    assert len(lines) == 1
    assert "constructor-taken" in lines[0]


def test_a_policy_without_our_address_is_reported(real: MonitoredPage) -> None:
    real.run("""
        const endpoint = new URL('/api/ws/client-metrics', location.href).href
        document.dispatchEvent(new SecurityPolicyViolationEvent('securitypolicyviolation', {
          effectiveDirective: 'connect-src', violatedDirective: 'connect-src', originalPolicy: '',
          blockedURI: endpoint, documentURI: location.href, disposition: 'enforce', statusCode: 200
        }))
        await open('/chat')
    """)
    assert real.flush()["may_be_blind"] == ["csp"]


def test_sockets_of_frames_are_counted_on_demand(real: MonitoredPage, server: SocketServer) -> None:
    server.files["/frame"] = INNER
    real.run(f"monitor.install({{ frames: true }}); {FRAME}; window.frame = frame")
    report = real.flush()
    assert (report["endpoint"], report["connection"]["opened"]) == ("/inner", 1)
    assert "may_be_blind" not in report
    real.run("frame.remove()")
    real.pass_time()
    assert real.total("drops") == 0


def test_an_unwatched_frame_is_reported(real: MonitoredPage, server: SocketServer) -> None:
    server.files["/frame"] = INNER
    real.run(f"monitor.install(); await open('/chat'); {FRAME}")
    report = real.flush()
    assert (report["endpoint"], report["may_be_blind"]) == ("/chat", ["frame"])


def test_a_worker_that_imports_the_monitor_is_covered(
    real: MonitoredPage, server: SocketServer
) -> None:
    server.files |= {"/sdk.js": sdk.script(), "/worker.js": WORKER, "/bare.js": "postMessage('up')"}
    session = real.run("""
        monitor.install()
        const worker = new Worker('/worker.js')
        return new Promise(resolve => { worker.onmessage = ({ data }) => resolve(data) })
    """)
    (report,) = [report for reports in real.posts for report in reports]
    assert (report["session_id"], report["endpoint"]) == (session, "/in-worker")
    assert (report["page"], report["connection"]["opened"]) == ("/worker.js", 1)
    real.page.clock.run_for(11_000)
    real.run("await open('/chat')")
    assert "may_be_blind" not in real.flush()
    real.run("new Worker('/bare.js')")
    real.page.clock.run_for(11_000)
    real.run("await open('/chat')")
    assert real.flush()["may_be_blind"] == ["worker"]


def test_a_script_tag_may_ask_for_debug(page: Page, watch: Watch) -> None:
    site = MonitoredPage(page, watch)
    with page.expect_console_message(lambda message: "constructor-taken" in message.text):
        site.run("""
            window.io = {}
            const tag = Object.assign(document.createElement('script'), { textContent: SOURCE })
            Object.assign(tag.dataset, { app: 'kiosk', debug: '' })
            document.head.append(tag)
        """.replace("SOURCE", json.dumps(sdk.script())))  # fmt: skip
