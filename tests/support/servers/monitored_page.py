"""A page with the monitor, and a server whose responses the test sets."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from playwright.sync_api import Page, Route, WebSocketRoute

from ingest.site import sdk
from tests.support.servers.chromium import Watch
from tests.support.servers.socket_server import SocketServer

SITE = "http://127.0.0.1/"
PERIOD_MS = 15_000
JUDGED_MS = 1_100  # most ends are judged after a second
ECHO = """
    window.monitor = new WebSocketClientMonitor({app: 'portal', release: '1.2'})
    window.open = (url, options) => new Promise(resolve => {
      const socket = monitor.connect(url, {messageId: data => data, ...options})
      socket.addEventListener('open', () => resolve(socket))
      socket.addEventListener('close', () => resolve(socket))
    })
    window.ended = socket => new Promise(resolve => socket.addEventListener('close', resolve))
    window.say = (socket, ...texts) => Promise.all(texts.map(text => new Promise(resolve => {
      socket.addEventListener('message', event => event.data === text && resolve())
      socket.send(text)
    })))
"""


class MonitoredPage:
    """Mocks the site, the collector and the WebSocket server for one page.

    With `server` its sockets are real: connect to `server.url`.
    """

    def __init__(
        self, page: Page, watch: Watch, server: SocketServer | None = None, script: str = ECHO
    ) -> None:
        self._body = f"<!doctype html><title>Page</title><script>{sdk.script()}{script}</script>"
        self.page = page
        self.watch = watch
        self.posts: list[list[dict[str, Any]]] = []
        self.sockets: list[WebSocketRoute] = []
        self.responses: list[Callable[[Sequence[Any]], tuple[int, dict[str, str], Any]]] = []
        self.server_time = "2026-03-02T12:00:00.000Z"
        page.route("**/*", self._serve)
        if server is None:
            page.route_web_socket("**/*", self._socket)
        else:
            server.files["/patients/list?id=secret"] = self._body
        page.goto((server.site if server else SITE) + "patients/list?id=secret")

    def _serve(self, route: Route) -> None:
        if route.request.method != "POST":
            if route.request.url.startswith(SITE):
                route.fulfill(content_type="text/html", body=self._body)
            else:
                route.continue_()
            return
        reports = json.loads(route.request.post_data or "")["reports"]
        self.posts.append(reports)
        respond = self.responses.pop(0) if self.responses else self.accept
        status, headers, body = respond(reports)
        route.fulfill(status=status, headers=headers, body=json.dumps(body))

    def _socket(self, socket: WebSocketRoute) -> None:
        self.sockets.append(socket)
        socket.on_message(socket.send)

    def accept(self, reports: Sequence[Any]) -> tuple[int, dict[str, str], Any]:
        """The response when everything was stored."""
        return 201, {}, {"accepted": len(reports), "rejected": [], "server_time": self.server_time}

    def unavailable(self, _: Sequence[Any]) -> tuple[int, dict[str, str], Any]:
        """The response of a collector whose store is down."""
        return 503, {"Retry-After": "40"}, {}

    def reject(self, field: str) -> Callable[[Sequence[Any]], tuple[int, dict[str, str], Any]]:
        """A response that rejects every report at `field`."""

        def respond(reports: Sequence[Any]) -> tuple[int, dict[str, str], Any]:
            rejected = [{"index": i, "field": field, "reason": ""} for i, _ in enumerate(reports)]
            return 422, {}, {"accepted": 0, "rejected": rejected, "server_time": self.server_time}

        return respond

    def run(self, script: str) -> Any:
        """Run `script`, the body of an async function, in the page."""
        return self.page.evaluate(f"async () => {{ {script} }}")

    def flush(self) -> dict[str, Any]:
        """End the period; returns the newest report."""
        self._deliver()
        return self.posts[-1][-1]

    def pass_time(self, ms: int = JUDGED_MS) -> None:
        """Let time pass by the page's clock, after the events that are due."""
        self.run("await new Promise(resolve => requestAnimationFrame(resolve))")
        self.page.clock.run_for(ms)

    def total(self, name: str, section: str = "connection") -> Any:
        """The sum of a count over all reports, the running period too."""
        self._deliver()
        return sum(report[section][name] for reports in self.posts for report in reports)

    def _deliver(self) -> None:
        """End the period, and wait while an earlier post is under way."""
        self.run("await monitor.flush()")

    def expect_post(self, action: Callable[[], None]) -> None:
        """Run `action`, which makes the page post, and wait for the response."""
        with self.page.expect_response(lambda response: response.request.method == "POST"):
            action()
