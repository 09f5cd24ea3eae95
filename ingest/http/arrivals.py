"""The state of rate limits of all workers of a node, in memory they share.

An open-addressed table of two 8-byte numbers a slot: the hash of a key, never the key, and when its
bucket is full again (`ingest.http.rate_limit`). A key has `WAYS` slots; a new one takes that of the
bucket which is fullest, whose loss grants least. There is no lock: a worker that is stopped or
killed holds up no other. Two workers that take of one bucket within the same microseconds may count
one of the two, and a key that replaces another at that moment may begin with its bucket.
"""

import hashlib
import mmap
import secrets
import struct
from typing import NamedTuple

SLOTS = 1 << 17
WAYS = 8
_slot = struct.Struct("=Qd")
_set = struct.Struct("=" + "Qd" * WAYS)


class Slot(NamedTuple):
    """Where the bucket of a key stands, the hash of the key, and when the bucket is full, in
    seconds of the monotonic clock."""

    offset: int
    digest: int
    full_at: float


class Arrivals:
    """The table. Processes forked after it was made share it; a salt makes its hashes its own."""

    def __init__(self, slots: int = SLOTS) -> None:
        self._sets = slots // WAYS
        self._memory = mmap.mmap(-1, self._sets * _set.size)
        self._salt = secrets.token_bytes(16)

    def slot(self, key: str) -> Slot:
        """The slot of `key`; a key without one gets that of the fullest bucket of its set."""
        digest = self._digest(key)
        start = digest % self._sets * _set.size
        state = _set.unpack_from(self._memory, start)
        digests, instants = state[::2], state[1::2]
        if digest in digests:
            way = digests.index(digest)
            return Slot(start + way * _slot.size, digest, instants[way])
        way = min(range(WAYS), key=instants.__getitem__)
        return Slot(start + way * _slot.size, digest, 0.0)

    def write(self, slot: Slot, full_at: float) -> None:
        """Store when the bucket of `slot` is full again."""
        _slot.pack_into(self._memory, slot.offset, slot.digest, full_at)

    def _digest(self, key: str) -> int:
        text = key.encode("utf-8", "surrogatepass")
        return int.from_bytes(hashlib.blake2b(text, digest_size=8, salt=self._salt).digest()) or 1


class NodeArrivals:
    """The table of the workers that one master forks."""

    def __init__(self) -> None:
        self._shared: Arrivals | None = None

    def share(self) -> None:
        """Make the table. Call it in the master, before any worker is forked."""
        self._shared = Arrivals()

    def table(self) -> Arrivals:
        """The shared table; a new one in a process without a master."""
        return self._shared or Arrivals()


of_node = NodeArrivals()
