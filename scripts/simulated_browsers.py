"""Simulated browsers: a few dozen clients posting real reports, so that a live picture moves.

They are no measurement: what they report is drawn from the same world as the demo data.
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
from settings import Settings, SettingsError

BROWSERS = 30
PERIOD_SECONDS = 15.0
TIMEOUT_SECONDS = 5.0
DROP_CHANCE = 0.006  # 1.4 an hour: what is usual must not look like trouble to the alerts
FARTHEST_MS = 90.0  # likewise: a tenth of the visitors far away would keep the p95 over 200 ms
LEAVE_CHANCE = 0.03
USER_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1",
)


class SimulatedBrowser:
    """One visitor with a page open; after a while he leaves and another comes."""

    def __init__(self, lot: random.Random) -> None:
        self._lot = lot
        self._arrive()

    def _arrive(self) -> None:
        lot = self._lot
        self.user_agent = lot.choice(USER_AGENTS)
        self._session = str(uuid4())
        self._app = lot.choices(world.APPS, [app.share for app in world.APPS])[0]
        self._page = lot.choice(self._app.pages)
        self._country = lot.choices(world.COUNTRIES, [c.share for c in world.COUNTRIES])[0]
        self._first = True

    def report(self, now: datetime) -> dict[str, Any]:
        """What he saw in the period that ends now."""
        lot, first = self._lot, self._first
        self._first = False
        drops = int(lot.random() < DROP_CHANCE)
        recovery = [round(lot.lognormvariate(7.4, 0.5))] * drops
        opened, sent = int(first) + drops, lot.randint(2, 8)
        median = min(self._country.round_trip_ms, FARTHEST_MS)
        body = {
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
                "downtime_ms": sum(recovery), "close_codes": {"1006": drops} if drops else {},
            },
            "messages": {
                "sent": sent, "received": sent + lot.randint(0, 6),
                "bytes_sent": sent * 180, "bytes_received": sent * 420,
            },
            "latency": {"samples_ms": [lot.lognormvariate(0, 0.35) * median for _ in range(sent)]},
            "setup_ms": [lot.lognormvariate(0.9, 0.3) * median for _ in range(opened)],
            "network": {"type": "wifi", "effective_type": "4g"},
            "ux": {"interactions": lot.randint(0, 9)},
        }  # fmt: skip
        if first:
            body["ux"] = {"page_load_ms": lot.lognormvariate(6.9, 0.3), "interactions": 1}
        if lot.random() < LEAVE_CHANCE:
            self._arrive()
        return body


def post(url: str, browser: SimulatedBrowser, key: str | None) -> None:
    """Post one report; a server that does not answer is simply missed."""
    request = urllib.request.Request(  # noqa: S310 - the address we were told
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
    """Post until asked to stop; answers the exit status."""
    parser = argparse.ArgumentParser(description="Post reports of simulated browsers.")
    parser.add_argument("--url", required=True, help="the server, such as http://127.0.0.1:8050")
    url = parser.parse_args(arguments).url.rstrip("/")
    try:
        key = Settings.from_environment().metrics_ingest_key
    except SettingsError as fault:
        print(fault, file=sys.stderr)
        return 1
    asked = threading.Event()

    def stop(sign: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler
        asked.set()

    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, stop)
    lot = random.Random()  # noqa: S311 - a simulation
    browsers = [SimulatedBrowser(lot) for _ in range(BROWSERS)]
    while not asked.is_set():
        for browser in browsers:
            post(url, browser, key)
            if asked.wait(PERIOD_SECONDS / BROWSERS):
                break
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
