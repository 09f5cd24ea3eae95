"""The address of a request's sender, read in one way for country, rate limits and sign-in.

Proxies write addresses in forms of their own: with a port (Azure's, some of HAProxy's), in
brackets (RFC 3986, section 3.2.2), IPv4 mapped into IPv6 (RFC 4291, section 2.5.5.2), with a zone
(RFC 4007, section 11). All name the same sender.
"""

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

Address = IPv4Address | IPv6Address
LONGEST = 100  # characters of the longest form, with brackets, zone and port
REMEMBERED = 64  # texts of a worker: three readers of a request ask for the same one
HOUSEHOLD_BITS = 64  # a household or machine has at least an IPv6 /64 of its own

_with_port = re.compile(r"\[([^\]]*)\](?::\d{1,5})?|([0-9.]+):\d{1,5}")


def address_of(text: str | None) -> Address | None:
    """The address in `text` without port, brackets and zone; `None` for anything else."""
    return _read(text)[0]


def sender_key(text: str | None) -> str:
    """The address, or for IPv6 its /64; empty when there is none."""
    return _read(text)[1]


def household(address: Address | None) -> bytes:
    """The bytes of what `sender_key` writes: 4 of IPv4, 8 of IPv6, none without an address."""
    return b"" if address is None else address.packed[: HOUSEHOLD_BITS // 8]


def _read(text: str | None) -> tuple[Address | None, str]:
    plain = (text or "").strip()
    return _parsed(plain) if len(plain) <= LONGEST else (None, "")


@lru_cache(maxsize=REMEMBERED)
def _parsed(plain: str) -> tuple[Address | None, str]:
    """The address in a text, and its key."""
    match = _with_port.fullmatch(plain)
    if match:
        plain = match[1] or match[2] or ""
    try:
        address = ip_address(plain.partition("%")[0])
    except ValueError:
        return None, ""
    address = getattr(address, "ipv4_mapped", None) or address
    return address, str(ip_address(household(address).ljust(len(address.packed), b"\0")))


def is_loopback(text: str | None) -> bool:
    """Whether the address is a loopback address."""
    address = address_of(text)
    return address is not None and address.is_loopback
