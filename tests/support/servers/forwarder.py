"""A TCP forwarder that can cut what goes through it, as a network does: both sides are reset."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

READ_BYTES = 65536
AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: a close is a reset


class Forwarder:
    """Forwards its `port` to that of a server."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = []
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def cut(self) -> None:
        """Reset every connection."""
        for each in self._sockets:
            with suppress(OSError):  # its peer may have left
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
                each.shutdown(socket.SHUT_RD)
            each.close()
        self._sockets.clear()

    def close(self) -> None:
        """Stop, and reset what is open."""
        self._listener.shutdown(socket.SHUT_RDWR)  # a close alone leaves `accept` waiting
        self._thread.join()
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._sockets.append(client)
                self._forward(client)

    def _forward(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self._target))
        except OSError:
            client.close()
            return
        self._sockets.append(server)
        for pair in ((client, server), (server, client)):
            threading.Thread(target=_pump, args=pair, daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while chunk := source.recv(READ_BYTES):
            sink.sendall(chunk)
        sink.shutdown(socket.SHUT_WR)


@contextmanager
def forwarder(target: int) -> Iterator[Forwarder]:
    """A forwarder to a port of this machine."""
    running = Forwarder(target)
    try:
        yield running
    finally:
        running.close()
