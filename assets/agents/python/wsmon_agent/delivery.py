"""Carries samples to the service: later when it is away, each under its own id and so once."""

from __future__ import annotations

import json
import logging
import threading
import urllib.error
import urllib.request
from collections import deque
from datetime import datetime, timedelta, timezone
from typing import Any

MOST_PENDING, BATCH = 240, 20
SAMPLES, EVENTS = "/api/ws/server-metrics", "/api/ws/events"
WAITED_FOR = frozenset({401, 403, 404, 408, 429})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
UNPROCESSABLE, CONFLICT = 422, 409
logger = logging.getLogger("wsmon_agent")


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The token goes to the address that was set, and to no other."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        """Follow none; the redirect is an error with its status."""


class Away(Exception):
    """The service does not answer, or not as it should for now."""


class Delivery:
    """Samples that wait, and the clock of the service. A full queue drops the oldest."""

    def __init__(self, url: str, token: str, event: dict[str, Any]) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"the address must begin with http:// or https://, not {url!r}")
        self._url, self._token = url.rstrip("/"), token
        self._event: dict[str, Any] | None = event
        self._pending: deque[dict[str, Any]] = deque(maxlen=MOST_PENDING)
        self._lock = threading.Lock()
        self._offset = timedelta()
        self._is_away = False
        self._opener = urllib.request.build_opener(_NoRedirects)

    def add(self, sample: dict[str, Any]) -> None:
        """Queue a sample; its times are of this machine's clock."""
        self._pending.append(sample)

    def send(self, seconds: float) -> bool:
        """Whether all that waits was settled; each request takes at most `seconds`."""
        if not self._lock.acquire(timeout=seconds):
            return False
        try:
            self._send_all(seconds)
        except Away as fault:
            if not self._is_away:
                self._is_away = True
                logger.warning("WebSocket figures wait: %s %s", self._url, fault)
            return False
        finally:
            self._lock.release()
        if self._is_away:
            self._is_away = False
            logger.warning("WebSocket figures are delivered again to %s", self._url)
        return True

    def _send_all(self, seconds: float) -> None:
        while batch := list(self._pending)[:BATCH]:
            self._deliver(batch, seconds)
            for sample in batch:
                if self._pending and self._pending[0] is sample:  # the oldest may be dropped
                    self._pending.popleft()
        if self._event is not None:
            self._post(EVENTS, self._stamped(self._event, "at"), seconds)
            self._event = None

    def _deliver(self, batch: list[dict[str, Any]], seconds: float) -> None:
        for _ in range(2):  # again after learning that the clocks differ
            samples = [self._stamped(sample, "period_start", "period_end") for sample in batch]
            receipt = self._post(SAMPLES, {"samples": samples}, seconds)
            rejected = receipt.get("rejected")
            if not self._learn_offset(receipt) or not rejected:
                break
        for fault in rejected if isinstance(rejected, list) else ():
            logger.warning("a sample of WebSocket figures was refused: %s", fault)

    def _post(self, path: str, content: dict[str, Any], seconds: float) -> dict[str, Any]:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"}
        body = json.dumps(content).encode()
        request = urllib.request.Request(self._url + path, body, headers)  # noqa: S310 - http(s)
        try:
            with self._opener.open(request, timeout=seconds) as response:
                return _object(json.load(response))
        except urllib.error.HTTPError as fault:
            return self._fault(fault)
        except (OSError, ValueError) as fault:
            raise Away(f"cannot be reached ({fault})") from fault

    def _fault(self, fault: urllib.error.HTTPError) -> dict[str, Any]:
        with fault:
            if fault.code in REDIRECTS:
                target = str(fault.headers.get("Location", ""))[:200]
                raise Away(f"redirects to {target}: give the agent that address") from fault
            if fault.code in WAITED_FOR or fault.code >= 500:
                raise Away(f"answers {fault.code}") from fault
            try:
                answer = _object(json.load(fault))
            except (OSError, ValueError):
                answer = {}
        if fault.code not in (UNPROCESSABLE, CONFLICT):
            logger.warning("WebSocket figures were refused: %s answers %d", self._url, fault.code)
        return answer

    def _stamped(self, item: dict[str, Any], *names: str) -> dict[str, Any]:
        return {**item, **{name: (item[name] + self._offset).isoformat() for name in names}}

    def _learn_offset(self, receipt: dict[str, Any]) -> bool:
        """Whether the clock of the service is another one than believed, by over 30 s."""
        try:
            time = datetime.fromisoformat(receipt["server_time"].replace("Z", "+00:00"))
            offset = time - datetime.now(timezone.utc)
        except (KeyError, ValueError, AttributeError, TypeError):
            return False
        if abs(offset - self._offset) <= timedelta(seconds=30):
            return False
        self._offset = offset
        return True


def _object(answer: object) -> dict[str, Any]:
    return answer if isinstance(answer, dict) else {}
