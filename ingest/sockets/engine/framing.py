"""Frames as bytes, RFC 6455 section 5.2: sizes of incoming ones, encoding of outgoing ones."""

import struct

TEXT, BINARY, CLOSE, PING, PONG = 0x1, 0x2, 0x8, 0x9, 0xA
FINAL_TEXT, FINAL_BINARY = 0x80 | TEXT, 0x80 | BINARY
MASKED = 0x80
CONTROL = 0x8
OPCODES = frozenset({0x0, TEXT, BINARY, CLOSE, PING, PONG})
# First bytes of frames that do not end the connection: data, complete or fragmented, ping, pong.
ORDINARY = frozenset({0x00, 0x01, 0x02, 0x80, 0x81, 0x82, 0x80 | PING, 0x80 | PONG})
MASK_BYTES = 4
SHORT_HEADER_BYTES = 2
FINAL_CLOSE = 0x80 | CLOSE
GOING_AWAY = (1001).to_bytes(2, "big")
LONGEST_CONTROL = 125
# The two bytes before a short payload, by opcode and size.
HEADS = {opcode: tuple(bytes((0x80 | opcode, size)) for size in range(126)) for opcode in OPCODES}


def encoded(opcode: int, payload: bytes) -> bytes:
    """A final, unmasked frame, as a server sends it."""
    size = len(payload)
    if size < 126:
        return HEADS[opcode][size] + payload
    if size < 65536:
        return struct.pack("!BBH", 0x80 | opcode, 126, size) + payload
    return struct.pack("!BBQ", 0x80 | opcode, 127, size) + payload


def header_size(second: int) -> int:
    """Bytes before the mask, from the second byte of a frame."""
    short = second & 0x7F
    if short < 126:
        return 2
    return 4 if short == 126 else 10


def extent(data: bytes | bytearray, largest: int) -> tuple[int, int]:
    """(size, payload start) of the masked frame at the head of `data`; (0, 0) while incomplete.

    For a frame whose header is already invalid (unknown opcode, unmasked, payload over `largest`
    bytes) the size is that of its header: its payload is not waited for.
    """
    if len(data) < 2:
        return 0, 0
    header = header_size(data[1])
    if data[0] & 0x0F not in OPCODES or not data[1] & MASKED:
        return 2, 2
    if len(data) < header:
        return 0, 0
    payload = data[1] & 0x7F if header == 2 else int.from_bytes(data[2:header], "big")
    if payload > largest:
        return header, header
    return header + MASK_BYTES + payload, header + MASK_BYTES


def is_unmasked_close(data: bytes | bytearray) -> bool:
    """Whether an unmasked close frame with a code is at the head of `data`."""
    return (
        len(data) >= SHORT_HEADER_BYTES
        and data[0] == FINAL_CLOSE
        and len(GOING_AWAY) <= data[1] <= LONGEST_CONTROL
    )


def is_unmasked_goodbye(frame: bytes) -> bool:
    """Whether a frame is an unmasked close 1001, with a reason in UTF-8 or without."""
    if not is_unmasked_close(frame) or frame[2:4] != GOING_AWAY:
        return False
    try:
        frame[4:].decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def with_empty_mask(frame: bytes) -> bytes:
    """A short unmasked frame with a mask of zeros, which changes no byte of its payload."""
    head = bytes((frame[0], frame[1] | MASKED))
    return head + bytes(MASK_BYTES) + frame[SHORT_HEADER_BYTES:]
