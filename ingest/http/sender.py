"""The address of a request's sender, read in one way for country, rate limits and sign-in.

Proxies write addresses in forms of their own: with a port (Azure's, some of HAProxy's), in
brackets (RFC 3986, section 3.2.2), IPv4 mapped into IPv6 (RFC 4291, section 2.5.5.2), with a zone
(RFC 4007, section 11). All name the same sender.
"""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address
LONGEST = 100  # characters of the longest form, with brackets, zone and port
HOUSEHOLD_BITS = 64  # a household or machine has at least an IPv6 /64 of its own

_with_port = re.compile(r"\[([^\]]*)\](?::\d{1,5})?|([0-9.]+):\d{1,5}")


def address_of(text: str | None) -> Address | None:
    """The address in `text` without port, brackets and zone; `None` for anything else."""
    plain = (text or "").strip()
    if len(plain) > LONGEST:
        return None
    match = _with_port.fullmatch(plain)
    if match:
        plain = match[1] or match[2]
    try:
        address = ip_address(plain.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def sender_key(text: str | None) -> str:
    """The address, or for IPv6 its /64; empty when there is none."""
    return key_of(address_of(text))


def key_of(address: Address | None) -> str:
    """As `sender_key`, of a parsed address."""
    if isinstance(address, IPv6Address):
        return str(ip_network((address, HOUSEHOLD_BITS), strict=False).network_address)
    return "" if address is None else str(address)


def is_loopback(text: str | None) -> bool:
    """Whether the address is a loopback address."""
    address = address_of(text)
    return address is not None and address.is_loopback
