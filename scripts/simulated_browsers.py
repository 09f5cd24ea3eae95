"""Simulated browsers: a few dozen clients that post reports, so that the live pages move.

Nothing is measured: their values are random, with the parameters of the demo data.
"""

import argparse
import json
import random
import signal
import sys
import threading
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Any
from uuid import uuid4

from scripts.demo_data import world
from scripts.demo_data.ends import PROTOCOLS
from settings import Settings, SettingsError

BROWSERS = 30
PERIOD_SECONDS = 15.0
TIMEOUT_SECONDS = 5.0
DROP_CHANCE = 0.006  # 1.4 an hour: normal load must not fire alerts
FARTHEST_MS = 90.0  # likewise: a tenth of distant visitors would keep the p95 over 200 ms
BY_SERVER_SHARE = 0.2  # of drops
LEAVE_CHANCE = 0.03
USER_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1",
)


class SimulatedBrowser:
    """A client with an open page; after a while its session ends and a new one starts."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._start_session()

    def _start_session(self) -> None:
        rng = self._rng
        self.user_agent = rng.choice(USER_AGENTS)
        self._session = str(uuid4())
        self._app = rng.choices(world.APPS, [app.share for app in world.APPS])[0]
        self._page = rng.choice(self._app.pages)
        self._country = rng.choices(world.COUNTRIES, [c.share for c in world.COUNTRIES])[0]
        self._first = True

    def report(self, now: datetime) -> dict[str, Any]:
        """The report of the period that ends at `now`."""
        rng, first = self._rng, self._first
        self._first = False
        drops = int(rng.random() < DROP_CHANCE)
        by_server = int(drops and rng.random() < BY_SERVER_SHARE)
        recovery = [round(rng.lognormvariate(7.4, 0.5))] * drops
        is_leaving = rng.random() < LEAVE_CHANCE
        opened, sent = int(first) + drops, rng.randint(2, 8)
        median = min(self._country.round_trip_ms, FARTHEST_MS)
        body: dict[str, Any] = {
            "protocol": PROTOCOLS[world.APPS.index(self._app)], "leaving": is_leaving,
            "report_id": str(uuid4()),
            "session_id": self._session,
            "period_start": (now - timedelta(seconds=PERIOD_SECONDS)).isoformat(),
            "period_end": now.isoformat(),
            "app": self._app.name,
            "release": world.SECOND_RELEASE,
            "page": self._page,
            "endpoint": "/ws",
            "sdk_version": world.SDK_VERSION,
            "connection": {
                "attempts": opened, "opened": opened, "drops": drops,
                "reconnect_attempts": drops, "reconnect_successes": drops,
                "open_ms": PERIOD_SECONDS * 1000, "recovery_ms": recovery,
                "downtime_ms": sum(recovery), "lost": drops - by_server,
                "ended_by_server": by_server, "replaced": 0, "never_back": 0, "abandoned": 0,
                "silent_ms": [0] * (drops - by_server), "downtime_hidden_ms": 0,
                "suspended_ms": 0, "open_losses": 0,
                "close_codes": {"1011" if by_server else "1006": drops} if drops else {},
            },
            "reply": {"samples_ms": [rng.lognormvariate(0, 0.4) * median * 2 + 40]},
            "messages": {
                "sent": sent, "received": sent + rng.randint(0, 6),
                "bytes_sent": sent * 180, "bytes_received": sent * 420,
            },
            "latency": {"samples_ms": [rng.lognormvariate(0, 0.35) * median for _ in range(sent)]},
            "setup_ms": [rng.lognormvariate(0.9, 0.3) * median for _ in range(opened)],
            "network": {"type": "wifi", "effective_type": "4g"},
            "ux": {"interactions": rng.randint(0, 9)},
        }  # fmt: skip
        if first:
            body["ux"] = {"page_load_ms": rng.lognormvariate(6.9, 0.3), "interactions": 1}
        if is_leaving:
            self._start_session()
        return body


def post(url: str, browser: SimulatedBrowser, key: str | None) -> None:
    """Post a report; errors of the server or network are ignored."""
    request = urllib.request.Request(  # noqa: S310 - the URL of the command line
        url + "/api/ws/client-metrics",
        json.dumps(browser.report(datetime.now(UTC))).encode(),
        {"Content-Type": "application/json", "User-Agent": browser.user_agent},
    )
    if key:
        request.add_header("X-Ingest-Key", key)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):  # noqa: S310
            return
    except (urllib.error.URLError, TimeoutError):
        return


def main(arguments: list[str]) -> int:
    """Post until stopped by a signal; returns the exit status."""
    parser = argparse.ArgumentParser(description="Post reports of simulated browsers.")
    parser.add_argument("--url", required=True, help="the server, such as http://127.0.0.1:8050")
    url = parser.parse_args(arguments).url.rstrip("/")
    try:
        key = Settings.from_environment().metrics_ingest_key
    except SettingsError as fault:
        print(fault, file=sys.stderr)
        return 1
    stop_requested = threading.Event()

    def stop(sign: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler
        stop_requested.set()

    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, stop)
    rng = random.Random()  # noqa: S311 - a simulation
    browsers = [SimulatedBrowser(rng) for _ in range(BROWSERS)]
    while not stop_requested.is_set():
        for browser in browsers:
            post(url, browser, key)
            if stop_requested.wait(PERIOD_SECONDS / BROWSERS):
                break
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
