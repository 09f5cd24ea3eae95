"""An existing flask-sock application, measured with two lines and shown beside our own."""

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
from tests.support.api_client import ApiClient
from tests.support.running_server import RunningServer, free_port


class Measured:
    """A flask-sock application of somebody else on werkzeug's threaded server."""

    def __init__(self, url: str, token: str, service: str) -> None:
        app = Flask("theirs")
        sock = Sock(app)
        self.courier = monitor(sock, url, token=token, service=service, interval_seconds=60)

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
def measured(live_server: RunningServer, api: ApiClient, request: Any) -> Iterator[Measured]:
    made = Measured(live_server.url, api.token("ingest"), request.node.name[:64])
    yield made
    made.stop()


def talk(address: str, *messages: str) -> list[str]:
    client = Client.connect(address)
    try:
        heard = []
        for message in messages:
            client.send(message)
            heard.append(client.receive(5))
        return heard
    finally:
        client.close()
        client.thread.join(5)
        client.sock.close()


def wait_for(courier: Exporter, closes: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with courier.counting() as tally:
            if tally.closed.total() == closes:
                return
        time.sleep(0.02)
    raise AssertionError("the connections have not ended")


def test_their_connections_are_counted_exactly(measured: Measured, api: ApiClient) -> None:
    assert talk(measured.url + "/chat", "one", "two", "ß") == ["ONE", "TWO", "SS"]
    assert talk(measured.url + "/chat", "x") == ["X"]
    wait_for(measured.courier, 2)
    assert measured.courier.flush()
    found = api.metrics(service=measured.courier.service)
    assert found["connections"]["opened"] == 2
    assert found["connections"]["closed"] == {"1000": 2}
    assert found["connections"]["closed_by"] == {"client": 2}
    assert (found["messages"]["received"], found["messages"]["bytes_received"]) == (4, 9)
    assert (found["messages"]["sent"], found["messages"]["bytes_sent"]) == (4, 9)
    assert found["workers"][0]["service"] == measured.courier.service


def test_a_handler_that_fails_is_an_error_of_theirs(
    measured: Measured, api: ApiClient, caplog: pytest.LogCaptureFixture
) -> None:
    client = Client.connect(measured.url + "/broken")
    client.send("boom")
    with pytest.raises(ConnectionClosed):
        client.receive(5)
    client.sock.close()
    wait_for(measured.courier, 1)
    assert measured.courier.flush()
    errors = api.metrics(service=measured.courier.service)["messages"]["errors_by_kind"]
    assert errors == {"internal-error": 1}
    assert "boom" in caplog.text  # the application hears of it as before


def test_an_installation_that_is_away_costs_nothing_and_loses_nothing(api: ApiClient) -> None:
    courier = Exporter(
        f"http://127.0.0.1:{free_port()}", "none", service="late", app="default",
        instance="here", interval_seconds=60,
    )  # fmt: skip
    with courier.counting() as tally:
        tally.open(None)
    assert not courier.flush()
    courier.send_to(api.url, api.token("ingest"))
    assert courier.flush()
    assert api.metrics(service="late")["connections"]["opened"] == 1
    courier.close()


@pytest.mark.parametrize("address", ["metrics.example", "file:///etc/passwd"])
def test_an_address_that_is_no_web_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="http"):
        Exporter(address, "", service="s", app="a", instance="i", interval_seconds=1)
