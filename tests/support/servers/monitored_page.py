"""A page with the monitor, and a server whose responses the test sets."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from playwright.sync_api import Page, Route, WebSocketRoute

from ingest.site import sdk
from tests.support.servers.chromium import Watch

SITE = "http://127.0.0.1/"
PERIOD_MS = 15_000
ECHO = """
    window.monitor = new WebSocketClientMonitor({app: 'portal', release: '1.2'})
    window.open = (url, options) => new Promise(resolve => {
      const socket = monitor.connect(url, {messageId: data => data, ...options})
      socket.addEventListener('open', () => resolve(socket))
      socket.addEventListener('close', () => resolve(socket))
    })
    window.say = (socket, ...texts) => Promise.all(texts.map(text => new Promise(resolve => {
      socket.addEventListener('message', event => event.data === text && resolve())
      socket.send(text)
    })))
"""


class MonitoredPage:
    """Mocks the site, the collector and the WebSocket server for one page."""

    def __init__(self, page: Page, watch: Watch) -> None:
        self.page = page
        self.watch = watch
        self.posts: list[list[dict[str, Any]]] = []
        self.sockets: list[WebSocketRoute] = []
        self.responses: list[Callable[[Sequence[Any]], tuple[int, dict[str, str], Any]]] = []
        self.server_time = "2026-03-02T12:00:00.000Z"
        page.route("**/*", self._serve)
        page.route_web_socket("**/*", self._socket)
        page.goto(SITE + "patients/list?id=secret")

    def _serve(self, route: Route) -> None:
        if route.request.method != "POST":
            route.fulfill(
                content_type="text/html",
                body=f"<!doctype html><title>Page</title><script>{sdk.script()}{ECHO}</script>",
            )
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
        self.run("await monitor.flush()")
        return self.posts[-1][-1]

    def expect_post(self, action: Callable[[], None]) -> None:
        """Run `action`, which makes the page post, and wait for the response."""
        with self.page.expect_response(lambda response: response.request.method == "POST"):
            action()
