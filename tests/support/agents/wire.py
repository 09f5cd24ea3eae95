"""A WebSocket client that does exactly what it is told: frames, ends of streams, resets."""

import asyncio
import os
import socket
import struct
from base64 import b64encode

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
NO_STATUS, LOST = 1005, 1006
WAIT_SECONDS = 20
SMALL, MEDIUM = 126, 65536


class Refused(Exception):
    """The handshake was answered with an HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


class WireClient:
    """One connection. `sent` and `received` are messages and bytes of payload."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self.sent = self.received = self.bytes_sent = self.bytes_received = 0

    @classmethod
    async def connect(cls, port: int, path: str = "/") -> "WireClient":
        """Open a connection. Raises `Refused`."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        key = b64encode(os.urandom(16)).decode()
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), WAIT_SECONDS)
        status = int(head.split(b" ", 2)[1])
        if status != 101:
            writer.close()
            raise Refused(status)
        return cls(reader, writer)

    async def send(self, payload: str | bytes) -> None:
        """Send one message."""
        data = payload.encode() if isinstance(payload, str) else payload
        await self._frame(TEXT if isinstance(payload, str) else BINARY, data)
        self.sent += 1
        self.bytes_sent += len(data)

    async def receive(self) -> bytes:
        """The next message. Raises `ConnectionError` when the connection ends."""
        opcode, data = await self._read()
        if opcode not in (TEXT, BINARY):
            raise ConnectionError(f"closed: {data!r}")
        self.received += 1
        self.bytes_received += len(data)
        return data

    async def close(self, code: int | None) -> None:
        """Send a close frame, empty without a code."""
        await self._frame(CLOSE, b"" if code is None else struct.pack("!H", code))

    async def closed(self) -> int:
        """The code that is read at the end, 1006 without a close frame. Answers that frame."""
        try:
            while True:
                opcode, data = await self._read()
                if opcode == CLOSE:
                    await self._frame(CLOSE, data[:2])
                    return int.from_bytes(data[:2], "big") if data else NO_STATUS
        except (ConnectionError, asyncio.IncompleteReadError):
            return LOST
        finally:
            self._writer.close()

    def drop(self) -> None:
        """End the stream without a close frame (FIN)."""
        self._writer.close()

    def reset(self) -> None:
        """Reset the stream (RST)."""
        peer: socket.socket = self._writer.get_extra_info("socket")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    async def _frame(self, opcode: int, data: bytes) -> None:
        size, key = len(data), os.urandom(4)
        head = bytes([0x80 | opcode])
        if size < SMALL:
            head += bytes([0x80 | size])
        elif size < MEDIUM:
            head += struct.pack("!BH", 0x80 | SMALL, size)
        else:
            head += struct.pack("!BQ", 0x80 | (SMALL + 1), size)
        mask = int.from_bytes((key * (size // 4 + 1))[:size], "big")
        masked = (int.from_bytes(data, "big") ^ mask).to_bytes(size, "big")
        self._writer.write(head + key + masked)
        try:
            await self._writer.drain()
        except ConnectionError:
            return

    async def _read(self) -> tuple[int, bytes]:
        while True:
            opcode, data = await asyncio.wait_for(self._read_frame(), WAIT_SECONDS)
            if opcode == PING:
                await self._frame(PONG, data)
            elif opcode != PONG:
                return opcode, data

    async def _read_frame(self) -> tuple[int, bytes]:
        first, second = await self._reader.readexactly(2)
        size = second & 0x7F
        if size == SMALL:
            size = int.from_bytes(await self._reader.readexactly(2), "big")
        elif size == SMALL + 1:
            size = int.from_bytes(await self._reader.readexactly(8), "big")
        return first & 0x0F, await self._reader.readexactly(size)
