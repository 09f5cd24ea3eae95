"""An existing flask-sock application, measured with two lines, reported beside our own."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask_sock import Sock
from simple_websocket import Client, ConnectionClosed
from werkzeug.serving import make_server

from ingest.instrument import monitor
from ingest.instrument.exporter import Exporter
from tests.support.servers.api_client import ApiClient
from tests.support.servers.running_server import RunningServer, free_port


class MeasuredApplication:
    """A third-party flask-sock application on werkzeug's threaded server."""

    def __init__(self, url: str, token: str, service: str) -> None:
        app = Flask("theirs")
        sock = Sock(app)
        self.exporter = monitor(sock, url, token=token, service=service, interval_seconds=60)

        @sock.route("/chat")  # type: ignore[untyped-decorator]
        def chat(ws: Any) -> None:
            while True:
                ws.send(ws.receive().upper())

        @sock.route("/broken")  # type: ignore[untyped-decorator]
        def broken(ws: Any) -> None:
            raise RuntimeError(ws.receive())

        self._server = make_server("127.0.0.1", free_port(), app, threaded=True)
        self.url = f"ws://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def measured(
    live_server: RunningServer, api: ApiClient, request: Any
) -> Iterator[MeasuredApplication]:
    application = MeasuredApplication(live_server.url, api.token("ingest"), request.node.name[:64])
    yield application
    application.stop()


def exchange(address: str, *messages: str) -> list[str]:
    client = Client.connect(address)
    try:
        received = []
        for message in messages:
            client.send(message)
            received.append(client.receive(5))
        return received
    finally:
        client.close()
        client.thread.join(5)
        client.sock.close()


def wait_for(exporter: Exporter, closes: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with exporter.locked_tally() as tally:
            if tally.closed.total() == closes:
                return
        time.sleep(0.02)
    raise AssertionError("the connections have not ended")


def test_their_connections_are_counted_exactly(
    measured: MeasuredApplication, api: ApiClient
) -> None:
    assert exchange(measured.url + "/chat", "one", "two", "ß") == ["ONE", "TWO", "SS"]
    assert exchange(measured.url + "/chat", "x") == ["X"]
    wait_for(measured.exporter, 2)
    assert measured.exporter.flush()
    metrics = api.metrics(service=measured.exporter.service)
    assert metrics["connections"]["opened"] == 2
    assert metrics["connections"]["closed"] == {"1000": 2}
    assert metrics["connections"]["closed_by"] == {"client": 2}
    assert (metrics["messages"]["received"], metrics["messages"]["bytes_received"]) == (4, 9)
    assert (metrics["messages"]["sent"], metrics["messages"]["bytes_sent"]) == (4, 9)
    assert metrics["workers"][0]["service"] == measured.exporter.service


def test_a_failing_handler_counts_as_internal_error(
    measured: MeasuredApplication, api: ApiClient, caplog: pytest.LogCaptureFixture
) -> None:
    client = Client.connect(measured.url + "/broken")
    client.send("boom")
    with pytest.raises(ConnectionClosed):
        client.receive(5)
    client.sock.close()
    wait_for(measured.exporter, 1)
    assert measured.exporter.flush()
    errors = api.metrics(service=measured.exporter.service)["messages"]["errors_by_kind"]
    assert errors == {"internal-error": 1}
    assert "boom" in caplog.text  # the application hears of it as before


def test_samples_are_queued_while_the_installation_is_unreachable(api: ApiClient) -> None:
    exporter = Exporter(
        f"http://127.0.0.1:{free_port()}", "none", service="late", app="default",
        instance="here", interval_seconds=60,
    )  # fmt: skip
    with exporter.locked_tally() as tally:
        tally.open(None)
    assert not exporter.flush()
    exporter.set_target(api.url, api.token("ingest"))
    assert exporter.flush()
    assert api.metrics(service="late")["connections"]["opened"] == 1
    exporter.close()


@pytest.mark.parametrize("address", ["metrics.example", "file:///etc/passwd"])
def test_an_address_that_is_no_web_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="http"):
        Exporter(address, "", service="s", app="a", instance="i", interval_seconds=1)
