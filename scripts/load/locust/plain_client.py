"""Locust with websocket-client, as its users write it: the bench compares ours with it."""

from time import perf_counter
from typing import Any

from locust import User, constant, task
from websocket import create_connection

MESSAGE = "x" * 100


class Client(User):
    """Sends the next message when the last came back."""

    wait_time = constant(0)

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._socket = create_connection(self.host, timeout=60)

    @task
    def echo(self) -> None:
        began = perf_counter()
        self._socket.send(MESSAGE)
        reply = self._socket.recv()
        self.environment.events.request.fire(
            request_type="WS", name="echo", response_time=(perf_counter() - began) * 1000,
            response_length=len(reply), context={},
            exception=None if reply == MESSAGE else ValueError("garbled"),
        )  # fmt: skip
