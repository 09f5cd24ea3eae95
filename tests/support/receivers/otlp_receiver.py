"""A receiver of OTLP metrics over HTTP, which keeps what it acknowledged."""

import gzip
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)

REQUEST: Any = ExportMetricsServiceRequest  # protobuf has no types
RESPONSE: Any = ExportMetricsServiceResponse()


class ReceivedPoint(NamedTuple):
    """A data point with what stands around it; `point` and `metric` are protobuf messages."""

    resource: Mapping[str, str | int]
    metric: Any
    attributes: Mapping[str, str | int]
    point: Any


@dataclass
class OtlpReceiver:
    """`status` is that of responses; `requests` were acknowledged, `headers` are of all."""

    url: str = ""
    status: int = 200
    requests: list[Any] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)

    def points(self, name: str = "") -> list[ReceivedPoint]:
        """All data points, or those of a metric."""
        return [
            ReceivedPoint(_values(group.resource.attributes), metric, _values(p.attributes), p)
            for request in self.requests
            for group in request.resource_metrics
            for scope in group.scope_metrics
            for metric in scope.metrics
            if name in ("", metric.name)
            for p in getattr(metric, str(metric.WhichOneof("data"))).data_points
        ]


def _values(attributes: Any) -> dict[str, str | int]:
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in attributes}


@contextmanager
def otlp_receiver() -> Iterator[OtlpReceiver]:
    """A receiver on a port of its own."""
    receiver = OtlpReceiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = gzip.decompress(self.rfile.read(int(self.headers["Content-Length"])))
            receiver.headers.append(dict(self.headers))
            if receiver.status == 200 and self.path == "/otlp/v1/metrics":
                receiver.requests.append(REQUEST.FromString(body))
            response = RESPONSE.SerializeToString()
            self.send_response(receiver.status)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(response)))
            self.end_headers()
            self.wfile.write(response)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/otlp"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
