"""Countries of addresses from Tor's text files: `first,last,code` a line, numbers for IPv4."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

from analytics.geo.countries import country_code

Range = tuple[int, int, str | None]


def of_text(ipv4: Path, ipv6: Path) -> Callable[[IPv4Address | IPv6Address], str | None]:
    """A function from an address to its alpha-2 code, `None` where it is unknown."""
    ranges = {4: sorted(_ranges(ipv4, int)), 6: sorted(_ranges(ipv6, _ipv6))}
    starts = {version: [first for first, _, _ in of] for version, of in ranges.items()}

    def lookup(address: IPv4Address | IPv6Address) -> str | None:
        number = bisect_right(starts[address.version], int(address)) - 1
        _, last, code = ranges[address.version][number] if number >= 0 else (0, -1, None)
        return code if int(address) <= last else None

    return lookup


def _ipv6(text: str) -> int:
    return int(IPv6Address(text))


def _ranges(path: Path, number: Callable[[str], int]) -> Iterator[Range]:
    for line in path.read_text(encoding="ascii").splitlines():
        if not line.startswith("#"):
            first, last, code = line.split(",")
            yield number(first), number(last), country_code(code)
