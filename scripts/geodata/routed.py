"""Random addresses that are routed: of networks that an autonomous system announces.

The networks are those of `@ip-location-db/asn` (RouteViews, CC BY 4.0): CSV with first and last
address, number and name of the system. IPv4 addresses are drawn evenly from all routed ones;
IPv6 networks evenly, and in each an address: by addresses one provider's /19 would be most of it.
"""

import csv
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address
from itertools import accumulate
from pathlib import Path
from random import Random

Address = IPv4Address | IPv6Address
Span = tuple[int, int]  # first and last address


def spans(path: Path) -> list[Span]:
    """The networks of `asn-ipv4-num.csv` or `asn-ipv6-num.csv`."""
    return list(_spans(path))


def ipv4(networks: list[Span], count: int, random: Random) -> list[Address]:
    """`count` addresses, each routed address as probable as another."""
    ends = list(accumulate(last - first + 1 for first, last in networks))
    picks = random.choices(networks, cum_weights=ends, k=count)
    return [IPv4Address(random.randint(*span)) for span in picks]


def ipv6(networks: list[Span], count: int, random: Random) -> list[Address]:
    """`count` addresses, each routed network as probable as another."""
    return [IPv6Address(random.randint(*span)) for span in random.choices(networks, k=count)]


def _spans(path: Path) -> Iterator[Span]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            yield int(row[0]), int(row[1])
