"""Whether this machine can hold as many connections, before the first is opened."""

import resource
from collections.abc import Iterator
from pathlib import Path

from scripts import open_files

SPARE_FILES = 64
BYTES_PER_CONNECTION = 60_000  # picows holds 31 kB; room for messages under way
PORT_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
MEMORY = Path("/proc/meminfo")


def problems(connections: int) -> Iterator[str]:
    """What keeps this machine from opening so many, each with what to do about it."""
    open_files.raise_limit()
    files = most_files()
    if connections + SPARE_FILES > files:
        yield (
            f"{connections} connections need {connections + SPARE_FILES} open files, the limit is "
            f"{files}: run `ulimit -n {connections + SPARE_FILES}` first."
        )
    ports = _local_ports()
    if ports is not None and connections > ports:
        yield (
            f"{connections} connections to one address need as many local ports, there are "
            f"{ports}: widen net.ipv4.ip_local_port_range."
        )
    memory = _available_memory()
    if memory is not None and connections * BYTES_PER_CONNECTION > memory:
        yield (
            f"{connections} connections need about {connections * BYTES_PER_CONNECTION >> 20} MB, "
            f"{memory >> 20} MB are free: use fewer, or another machine."
        )


def most_connections() -> int:
    """As many as this machine can open, without a problem of `problems`."""
    open_files.raise_limit()
    ports, memory = _local_ports(), _available_memory()
    bounds = [most_files() - SPARE_FILES]
    if ports is not None:
        bounds.append(ports)
    if memory is not None:
        bounds.append(memory // BYTES_PER_CONNECTION)
    return max(1, min(bounds))


def most_files() -> int:
    """The limit of open files of this process."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 1 << 30 if soft == resource.RLIM_INFINITY else soft


def _local_ports() -> int | None:
    try:
        first, last = map(int, PORT_RANGE.read_text().split())
    except (OSError, ValueError):
        return None
    return last - first + 1


def _available_memory() -> int | None:
    try:
        lines = MEMORY.read_text().splitlines()
    except OSError:
        return None
    for line in lines:
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return None
