"""Writes small country files: MaxMind DB format 2.0, records of 32 bits, one record a network."""

import struct
from collections.abc import Mapping
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any

MARKER = b"\xab\xcd\xefMaxMind.com"
BUILT = datetime(2026, 2, 2, tzinfo=UTC)
Tree = list[Any]  # two sides: `None`, a tree, or a record's bytes


def mmdb(
    path: Path,
    networks: Mapping[str, Any],
    database_type: str = "country ipvAll",
    *,
    ip_version: int = 6,
    built: datetime = BUILT,
) -> Path:
    """A file of records by network, `{"8.8.8.0/24": {"country_code": "US"}}`; returns its path."""
    root: Tree = [None, None]
    for text, record in networks.items():
        _insert(root, _bits(text, ip_version), encoded(record))
    tree, data, nodes = _laid_out(root)
    metadata = {
        "binary_format_major_version": _number(5, 2, 2),
        "binary_format_minor_version": _number(5, 2, 0),
        "build_epoch": _number(9, 8, int(built.timestamp())),
        "database_type": database_type,
        "description": {},
        "ip_version": _number(5, 2, ip_version),
        "languages": ["en"],
        "node_count": _number(6, 4, nodes),
        "record_size": _number(5, 2, 32),
    }
    path.write_bytes(tree + bytes(16) + data + MARKER + encoded(metadata))
    return path


def encoded(value: Any) -> bytes:
    """A value in the data section: a map, an array, a text or a number; bytes are one already."""
    if isinstance(value, dict):
        parts = (encoded(part) for pair in value.items() for part in pair)
        return _control(7, len(value)) + b"".join(parts)
    if isinstance(value, list):
        return _control(11, len(value)) + b"".join(map(encoded, value))
    if isinstance(value, bytes):
        return bytes(value)
    if isinstance(value, int):
        return _number(6, 4, value)
    text = str(value).encode()
    return _control(2, len(text)) + text


def _number(kind: int, size: int, number: int) -> bytes:
    """Kind 5: 16 bits, 6: 32, 9: 64."""
    return _control(kind, size) + number.to_bytes(size, "big")


def _control(kind: int, size: int) -> bytes:
    long = size >= 29
    first = (kind << 5 if kind < 8 else 0) | (29 if long else size)
    return (
        bytes([first])
        + (bytes([kind - 7]) if kind >= 8 else b"")
        + (bytes([size - 29]) if long else b"")
    )


def _bits(text: str, ip_version: int) -> list[int]:
    network = ip_network(text)
    length, zeros = network.max_prefixlen, 96 if network.version == 4 and ip_version == 6 else 0
    number = int(network.network_address)
    return [0] * zeros + [number >> (length - 1 - n) & 1 for n in range(network.prefixlen)]


def _insert(tree: Tree, bits: list[int], record: bytes) -> None:
    for bit in bits[:-1]:
        if tree[bit] is None:
            tree[bit] = [None, None]
        tree = tree[bit]
    tree[bits[-1]] = record


def _laid_out(root: Tree) -> tuple[bytes, bytes, int]:
    """Tree, data and number of nodes."""
    nodes, data = [root], bytearray()
    for node in nodes:
        nodes += [side for side in node if isinstance(side, list)]
    numbers, sides = {id(node): n for n, node in enumerate(nodes)}, []
    for side in (side for node in nodes for side in node):
        if isinstance(side, bytes):
            sides.append(len(nodes) + 16 + len(data))
            data += side
        else:
            sides.append(len(nodes) if side is None else numbers[id(side)])
    return struct.pack(f">{len(sides)}I", *sides), bytes(data), len(nodes)
