"""Servers that response an opening handshake as broken ones do, each on a port of its own."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from websockets.sync.server import ServerConnection, serve

Response = bytes | None  # `None`: says nothing
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi"
STRIPPED = b"HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n"
GARBAGE = b"SSH-2.0-OpenSSH_9.6\r\n"


@contextmanager
def answering(response: Response) -> Iterator[str]:
    """The address of a server that reads a request, gives `response`, and closes unless it is
    silent."""
    listener = socket.create_server(("127.0.0.1", 0))
    accepted: list[socket.socket] = []

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                accepted.append(connection)
                connection.recv(65_536)
                if response is not None:
                    connection.sendall(response)
                    connection.close()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"ws://127.0.0.1:{listener.getsockname()[1]}/ws"
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        for connection in accepted:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        thread.join()
        listener.close()
        for connection in accepted:
            connection.close()


@contextmanager
def echoing(context: ssl.SSLContext | None = None, *, is_mute: bool = False) -> Iterator[str]:
    """The address of a server that returns what it gets, or says nothing; by TLS with a
    `context`."""

    def handler(connection: ServerConnection) -> None:
        for message in connection:
            if not is_mute:
                connection.send(message)

    with serve(handler, "127.0.0.1", 0, ssl=context) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        scheme, host = ("wss", "localhost") if context else ("ws", "127.0.0.1")
        yield f"{scheme}://{host}:{server.socket.getsockname()[1]}/ws"
        server.shutdown()
        thread.join()


def nobody() -> str:
    """The address of a port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"ws://127.0.0.1:{listener.getsockname()[1]}/ws"
