"""Sends the samples of an instrumented application to an installation.

A sample that cannot be delivered is queued and sent again under the same id; a full queue drops the
oldest. Times follow the installation's clock: `server_time` of its receipts gives the offset.
"""

import atexit
import json
import logging
import threading
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from ingest.sockets.meter.process import ProcessMeter
from ingest.sockets.meter.tally import Tally
from ingest.worker.background import Loop, every
from models.raw.server_samples import ServerSample

from .shape import sample_of

PATH = "/api/ws/server-metrics"
MOST_PENDING = 240  # an hour of intervals
BATCH = 50
TIMEOUT_SECONDS = 10
CONTENT, UNPROCESSABLE = {"Content-Type": "application/json"}, 422
logger = logging.getLogger(__name__)


class Exporter:
    """Counts and exports. Its thread starts with the first count, so after fork."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        service: str,
        app: str,
        instance: str,
        interval_seconds: float,
    ) -> None:
        self.service = service
        self.set_target(url, token)
        self._source: dict[str, Any] = {"service": service, "app": app, "instance": instance}
        self._interval = interval_seconds
        self._tally, self._process = Tally(), ProcessMeter()
        self._tally_lock, self._send_lock = threading.Lock(), threading.Lock()
        self._pending: deque[dict[str, Any]] = deque(maxlen=MOST_PENDING)
        self._offset = timedelta()
        self._since = datetime.now(UTC)
        self._loop: Loop | None = None

    def set_target(self, url: str, token: str) -> None:
        """Set the installation to send to. Raises `ValueError` for a URL that is not http(s)."""
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"the address must begin with http:// or https://, not {url!r}")
        self._url = url.rstrip("/") + PATH
        self._token = token

    @contextmanager
    def locked_tally(self) -> Iterator[Tally]:
        """The tally, locked for the block."""
        with self._tally_lock:
            if self._loop is None:
                self._start()
            yield self._tally

    def flush(self) -> bool:
        """Send everything counted so far; False when samples remain queued."""
        with self._send_lock:
            self._gather()
            while batch := list(self._pending)[:BATCH]:
                if not self._deliver(batch):
                    return False
                for _ in batch:
                    self._pending.popleft()
            return True

    def close(self) -> None:
        """Flush once and stop."""
        if self._loop is not None:
            self._loop.stop()
        self.flush()

    def _start(self) -> None:
        self._since = datetime.now(UTC)
        self._loop = every(self._interval, self.flush, "websocket monitor")
        atexit.register(self.close)

    def _gather(self) -> None:
        start, end = self._since, datetime.now(UTC)
        self._since = end
        with self._tally_lock:
            counted = self._tally.take()
        process = {name: value for name, value in self._process.take().items() if value}
        process.pop("loop_lag", None)
        sample = ServerSample(
            sample_id=uuid4(), period_start=start, period_end=end, received_at=end,
            **self._source, **counted, **process,
        )  # fmt: skip
        self._pending.append(sample_of(sample))

    def _deliver(self, batch: list[dict[str, Any]]) -> bool:
        """Whether the batch is settled: stored, or rejected for good."""
        for _ in range(2):  # a second time after correcting the clock offset
            body = json.dumps({"samples": [self._stamped(sample) for sample in batch]}).encode()
            receipt = self._post(body)
            if receipt is None:
                return False
            rejected = receipt.get("rejected", [])
            if not self._learn_offset(receipt) or not rejected:
                break
        for rejection in rejected:
            logger.warning("a sample of socket metrics was refused: %s", rejection)
        return True

    def _post(self, body: bytes) -> dict[str, Any] | None:
        headers = CONTENT | {"Authorization": f"Bearer {self._token}"}
        request = urllib.request.Request(self._url, body, headers)  # noqa: S310 - checked above
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310
                return dict(json.load(response))
        except urllib.error.HTTPError as fault:
            with fault, suppress(ValueError):
                if fault.code == UNPROCESSABLE:
                    return dict(json.load(fault))
            logger.warning("socket metrics wait: %s answers %d", self._url, fault.code)
        except (OSError, ValueError) as fault:
            logger.warning("socket metrics wait: %s cannot be reached (%s)", self._url, fault)
        return None

    def _stamped(self, sample: dict[str, Any]) -> dict[str, Any]:
        """The sample with its times in the installation's clock."""
        start, end = sample["period_start"], sample["period_end"]
        return sample | {
            "period_start": (start + self._offset).isoformat(),
            "period_end": (end + self._offset).isoformat(),
        }

    def _learn_offset(self, receipt: dict[str, Any]) -> bool:
        """Update the clock offset from `server_time`; whether it changed by over 30 s."""
        with suppress(KeyError, ValueError):
            offset = datetime.fromisoformat(receipt["server_time"]) - datetime.now(UTC)
            if abs(offset - self._offset) > timedelta(seconds=30):
                self._offset = offset
                return True
        return False
