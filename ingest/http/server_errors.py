"""Internal errors (500) of this worker by route: repeated ones are a fault of its health."""

from collections import deque
from collections.abc import Callable
from time import monotonic

from flask import Flask, got_request_exception, request

from analytics.services.services import Services

WINDOW_SECONDS = 300.0
REPEATED = 3  # of one route within the window
MOST_COUNTED = 1000


class ServerErrors:
    """When each route failed last. Routes are those of the URL map, hence few."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._failed: dict[str, deque[float]] = {}

    def register(self, app: Flask, _services: Services) -> None:
        """Count the unhandled exceptions of all routes of `app`."""

        def count(_app: Flask, **_: object) -> None:
            rule = request.url_rule  # methods without one are what a client invents
            self.count(f"{request.method} {rule.rule}" if rule else "an unknown path")

        got_request_exception.connect(count, app, weak=False)

    def count(self, route: str) -> None:
        """Count one."""
        self._failed.setdefault(route, deque(maxlen=MOST_COUNTED)).append(self._clock())

    def repeated(self) -> dict[str, int]:
        """How often each route failed in the last 5 minutes, those that did so repeatedly."""
        since = self._clock() - WINDOW_SECONDS
        recent = {
            route: sum(second > since for second in tuple(seconds))
            for route, seconds in tuple(self._failed.items())
        }
        return {route: errors for route, errors in recent.items() if errors >= REPEATED}
