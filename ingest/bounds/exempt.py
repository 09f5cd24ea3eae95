"""Senders that no bound applies to: networks the operator trusts, and, without a trusted proxy,
addresses that may be a proxy's."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network

from ingest.http.sender import Address

Network = IPv4Network | IPv6Network
# RFC 1918, 1122, 3927, 4193, 4291. A proxy of our own has one of these, or none (a Unix socket).
PRIVATE: tuple[Network, ...] = tuple(
    ip_network(text)
    for text in (
        *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"),
        *("::1/128", "fc00::/7", "fe80::/10"),
    )
)


class ExemptSenders:
    """`proxy_hops` 0: an address may be that of a proxy, behind which all people are."""

    def __init__(self, networks: Sequence[str], proxy_hops: int) -> None:
        self._has_proxy = proxy_hops > 0
        trusted = (*map(ip_network, networks), *(() if self._has_proxy else PRIVATE))
        self._networks = {  # as integers: a third of the time of networks' own test
            version: [
                (int(network.netmask), int(network.network_address))
                for network in trusted
                if network.version == version
            ]
            for version in (4, 6)
        }

    def covers(self, address: Address | None) -> bool:
        """Whether no bound applies to a sender."""
        if address is None:
            return not self._has_proxy
        number = int(address)
        return any(number & mask == base for mask, base in self._networks[address.version])
