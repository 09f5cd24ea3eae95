"""A page with the monitor on it, and a server whose answers the test chooses."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from playwright.sync_api import Page, Route, WebSocketRoute

from ingest.site import sdk
from tests.support.chromium import Watch

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


class Lab:
    """Plays the site, the reception and the socket's server for one page."""

    def __init__(self, page: Page, watch: Watch) -> None:
        self.page = page
        self.watch = watch
        self.posts: list[list[dict[str, Any]]] = []
        self.sockets: list[WebSocketRoute] = []
        self.answers: list[Callable[[Sequence[Any]], tuple[int, dict[str, str], Any]]] = []
        self.server_time = "2026-03-02T12:00:00.000Z"
        page.route("**/*", self._serve)
        page.route_web_socket("**/*", self._socket)
        page.goto(SITE + "patients/list?id=secret")

    def _serve(self, route: Route) -> None:
        if route.request.method != "POST":
            route.fulfill(
                content_type="text/html",
                body=f"<!doctype html><title>Lab</title><script>{sdk.script()}{ECHO}</script>",
            )
            return
        reports = json.loads(route.request.post_data or "")["reports"]
        self.posts.append(reports)
        answer = self.answers.pop(0) if self.answers else self.accept
        status, headers, body = answer(reports)
        route.fulfill(status=status, headers=headers, body=json.dumps(body))

    def _socket(self, socket: WebSocketRoute) -> None:
        self.sockets.append(socket)
        socket.on_message(socket.send)

    def accept(self, reports: Sequence[Any]) -> tuple[int, dict[str, str], Any]:
        """The answer that everything was stored."""
        return 201, {}, {"accepted": len(reports), "rejected": [], "server_time": self.server_time}

    def away(self, _: Sequence[Any]) -> tuple[int, dict[str, str], Any]:
        """The answer of a reception whose store is away."""
        return 503, {"Retry-After": "40"}, {}

    def refuse(self, field: str) -> Callable[[Sequence[Any]], tuple[int, dict[str, str], Any]]:
        """An answer that rejects every report at `field`."""

        def answer(reports: Sequence[Any]) -> tuple[int, dict[str, str], Any]:
            rejected = [{"index": i, "field": field, "reason": ""} for i, _ in enumerate(reports)]
            return 422, {}, {"accepted": 0, "rejected": rejected, "server_time": self.server_time}

        return answer

    def run(self, script: str) -> Any:
        """Run an async function's body in the page."""
        return self.page.evaluate(f"async () => {{ {script} }}")

    def flush(self) -> dict[str, Any]:
        """End the period; the newest report."""
        self.run("await monitor.flush()")
        return self.posts[-1][-1]

    def expect_post(self, act: Callable[[], None]) -> None:
        """Do something that makes the page post, and wait for the answer."""
        with self.page.expect_response(lambda answer: answer.request.method == "POST"):
            act()
