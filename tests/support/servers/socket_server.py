"""A real WebSocket server for tests of the browser monitor: echoes, and ends as told to."""

import socket
import struct
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import Server, ServerConnection, serve
from websockets.typing import Subprotocol

SLOW_SECONDS = 0.15
LONGEST_MUTE_SECONDS = 10
KINDS = {".js": "text/javascript", ".events": "text/event-stream"}


class SocketServer:
    """Listens on `url`. Messages are echoed, but for `close CODE`, `reset` (TCP) and `mute`.

    `/refuse` answers 503; a handshake at a path that begins with `/slow` takes 150 ms. Requests
    that are no handshakes get `files[path]`, else an empty page: Chromium lets no page of another
    address space connect to this machine.
    """

    def __init__(self, server: Server) -> None:
        host = f"127.0.0.1:{server.socket.getsockname()[1]}"
        self.url = f"ws://{host}"
        self.site = f"http://{host}/"
        self.files: dict[str, str] = {}
        self.stopped = threading.Event()


@contextmanager
def socket_server() -> Iterator[SocketServer]:
    """The server, running in threads."""

    def converse(connection: ServerConnection) -> None:
        try:
            for message in connection:
                _respond(connection, message)
        except ConnectionClosed:
            pass

    def _respond(connection: ServerConnection, message: str | bytes) -> None:
        if message == "reset":
            linger = struct.pack("ii", 1, 0)
            connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            connection.socket.shutdown(socket.SHUT_RD)
            connection.socket.close()
        elif message == "mute":
            with connection.protocol_mutex:  # so that not even a close frame is answered
                running.stopped.wait(LONGEST_MUTE_SECONDS)
        elif isinstance(message, str) and message.startswith("close "):
            connection.close(int(message[6:]))
        else:
            connection.send(message)

    def admit(connection: ServerConnection, request: Request) -> Response | None:
        if "Upgrade" not in request.headers:
            return _file(running, connection, request.path)
        if request.path.startswith("/slow"):
            time.sleep(SLOW_SECONDS)
        if request.path.partition("?")[0] == "/refuse":
            return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "")
        return None

    with serve(
        converse, "127.0.0.1", 0, process_request=admit, select_subprotocol=_subprotocol,
        ping_interval=None, close_timeout=1, max_size=None, compression=None,
    ) as server:  # fmt: skip
        running = SocketServer(server)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield running
        finally:
            running.stopped.set()
            server.shutdown()
            thread.join(5)


def _subprotocol(_: object, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    return next((name for name in offered if name == "chat"), None)


def _file(running: SocketServer, connection: ServerConnection, path: str) -> Response:
    response = connection.respond(HTTPStatus.OK, running.files.get(path, "<!doctype html><p>Page"))
    del response.headers["Content-Type"]
    response.headers["Content-Type"] = f"{KINDS.get(Path(path).suffix, 'text/html')}; charset=utf-8"
    return response
