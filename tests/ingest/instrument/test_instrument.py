"""A flask-sock application of this process, measured with two lines, reported beside our own."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask_sock import Sock
from simple_websocket import Client
from werkzeug.serving import make_server

from ingest.instrument import monitor
from tests.support.servers.api_client import ApiClient
from tests.support.servers.running_server import RunningServer, free_port

SERVICE = "instrumented"


class MeasuredApplication:
    """A flask-sock application on werkzeug's threaded server."""

    def __init__(self, url: str, token: str) -> None:
        app = Flask("theirs")
        sock = Sock(app)
        self.agent = monitor(
            sock, url, token=token, service=SERVICE, release="2.4.1", interval_seconds=60
        )

        @sock.route("/chat")  # type: ignore[untyped-decorator]
        def chat(ws: Any) -> None:
            while True:
                ws.send(ws.receive().upper())

        self._server = make_server("127.0.0.1", free_port(), app, threaded=True)
        self.url = f"ws://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self.agent.close()


@pytest.fixture
def measured(live_server: RunningServer, api: ApiClient) -> Iterator[MeasuredApplication]:
    application = MeasuredApplication(live_server.url, api.token("ingest"))
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


def wait_for(application: MeasuredApplication, closes: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if application.agent.tally.closed.total() == closes:
            return
        time.sleep(0.02)
    raise AssertionError("the connections have not ended")


def test_its_connections_stand_beside_our_own(
    measured: MeasuredApplication, api: ApiClient
) -> None:
    assert exchange(measured.url + "/chat", "one", "two", "ß") == ["ONE", "TWO", "SS"]
    assert exchange(measured.url + "/chat", "x") == ["X"]
    wait_for(measured, 2)
    assert measured.agent.flush()
    metrics = api.metrics(service=SERVICE)
    assert metrics["connections"]["opened"] == 2
    assert metrics["connections"]["closed"] == {"1000": 2}
    assert metrics["connections"]["closed_by"] == {"client": 2}
    assert (metrics["messages"]["received"], metrics["messages"]["bytes_received"]) == (4, 9)
    assert (metrics["messages"]["sent"], metrics["messages"]["bytes_sent"]) == (4, 9)
    assert metrics["workers"][0]["service"] == SERVICE
