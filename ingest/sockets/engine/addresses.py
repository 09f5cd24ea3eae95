"""How many WebSockets each address has open on this worker, and how many it may."""

from collections import Counter
from collections.abc import Callable

from ingest.http.problems import TooManyRequests
from ingest.http.sender import Address, address_of, household

RETRY_SECONDS = 60
NOT_COUNTED = b"exempt"


class AddressCounts:
    """At most `most` sockets of an address (IPv6: of one /64) at a time, 0: any number; and any
    number of one that `is_exempt`."""

    def __init__(self, most: int, is_exempt: Callable[[Address | None], bool]) -> None:
        self._most = most
        self._is_exempt = is_exempt
        self._open: Counter[bytes] = Counter()

    def take(self, remote_address: str | None) -> bytes:
        """Count a socket; what `release` takes. Raises `TooManyRequests`."""
        address = address_of(remote_address)
        key = household(address)
        if not self._most or self._is_exempt(address):
            return NOT_COUNTED
        if self._open[key] >= self._most:
            raise TooManyRequests(
                f"{self._most} WebSockets of this address are open here, which is as many as may "
                "be (WEBSOCKET_PER_ADDRESS).",
                retry_after=RETRY_SECONDS,
            )
        self._open[key] += 1
        return key

    def release(self, key: bytes) -> None:
        """Count it no more."""
        if key != NOT_COUNTED:
            self._open[key] -= 1
            if not self._open[key]:
                del self._open[key]
