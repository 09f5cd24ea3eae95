"""A client of `websockets` in blocking code, as simulated clients of other tools have one."""

import socket
from contextlib import suppress

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from scripts.load.clients.connection import ending_of
from scripts.load.distributed.session import Ended


class BlockingSocket:
    """An open connection."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    def send(self, payload: bytes) -> None:
        try:
            self._connection.send(payload, text=True)
        except ConnectionClosed:
            raise Ended(ending_of(None, by_server=False)) from None

    def receive(self) -> bytes:
        try:
            return self._connection.recv(decode=False)
        except ConnectionClosed as end:
            code = None if end.rcvd is None else end.rcvd.code
            raise Ended(ending_of(code, by_server=bool(end.rcvd_then_sent))) from None

    def close(self) -> None:
        self._connection.close()

    def abort(self) -> None:
        with suppress(OSError):
            self._connection.socket.shutdown(socket.SHUT_RDWR)
