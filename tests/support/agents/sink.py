"""An address that takes samples and events as the service does, and adds them up."""

import json
import threading
from collections import Counter
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ingest.payloads import Fault, read_event, read_sample


class Sink:
    """Takes what agents send, as long as it is valid; `faults` is what was not."""

    def __init__(self) -> None:
        self.samples: dict[str, dict[str, Any]] = {}
        self.events: dict[str, dict[str, Any]] = {}
        self.faults: list[str] = []
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                body = json.dumps(sink.take(self.path, content)).encode()
                self.send_response(201)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: Any) -> None:
                """Nothing is logged."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def take(self, path: str, content: dict[str, Any]) -> dict[str, Any]:
        """The receipt of a request."""
        now = datetime.now(UTC)
        try:
            if path.endswith("/events"):
                self.events[str(read_event(content, now).event_id)] = content
            else:
                for sample in content["samples"]:
                    self.samples[str(read_sample(sample, now).sample_id)] = sample
        except (Fault, KeyError, TypeError, ValueError) as fault:
            self.faults.append(f"{path}: {fault}")
        return {"accepted": 1, "rejected": [], "server_time": now.isoformat()}

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def total(self, part: str, name: str) -> int:
        """The sum of a count over all samples."""
        return sum(sample[part][name] for sample in self.samples.values())

    def by_label(self, part: str, name: str) -> dict[str, int]:
        """The sums of a count by its label."""
        counts: Counter[str] = Counter()
        for sample in self.samples.values():
            counts.update(sample[part][name])
        return dict(counts)
