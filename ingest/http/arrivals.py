"""The state of rate limits of all workers of a node, in memory they share.

An open-addressed table of two 8-byte numbers a slot: the hash of a key, never the key, and when its
bucket is full again (`ingest.http.rate_limit`). A key has `WAYS` slots; a new one takes that of the
bucket which is fullest, whose loss grants least.

A record lock of the kernel (fcntl) guards the slots of a key; a worker that is killed loses it. One
that is stopped while it holds it does not hold up the others: after `TRIES` they go on without,
and may then count one of two that take at once.
"""

import fcntl
import hashlib
import mmap
import os
import secrets
import struct
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import numpy as np

from .node_memory import NodeMemory

SLOTS = 1 << 17
WAYS = 8
TRIES = 100
_SLOT = np.dtype([("digest", "=u8"), ("full_at", "=f8")])
_slot = struct.Struct("=Qd")
_set = struct.Struct("=" + "Qd" * WAYS)
Result = TypeVar("Result")


class Arrivals:
    """The table. Processes forked after it was made share it; a salt makes its hashes its own."""

    def __init__(self, slots: int = SLOTS) -> None:
        self._sets = slots // WAYS
        self._file = os.memfd_create("arrivals")
        os.ftruncate(self._file, self._sets * _set.size)
        self._memory = mmap.mmap(self._file, self._sets * _set.size)
        self._salt = secrets.token_bytes(16)
        # At exit the kernel closes it: threads that still take must not meet another file's number.
        weakref.finalize(self, os.close, self._file).atexit = False

    def update(self, key: str, change: Callable[[float], tuple[float, Result]]) -> Result:
        """Have `change` make of the second at which the bucket of `key` is full, of the monotonic
        clock, the new one and a result, which is returned."""
        digest = self._digest(key)
        number = digest % self._sets
        with self._locked(number):
            offset, full_at = self._slot(digest, number * _set.size)
            full_at, result = change(full_at)
            _slot.pack_into(self._memory, offset, digest, full_at)
        return result

    def used(self, at: float) -> int:
        """How many buckets are not full at a second of the monotonic clock; others give way without
        loss."""
        instants = np.frombuffer(self._memory, dtype=_SLOT)["full_at"]
        return int((instants > at).sum())

    def _slot(self, digest: int, start: int) -> tuple[int, float]:
        """Offset of the slot, and when its bucket is full; of a key without one the slot of the
        fullest bucket of its set, and 0."""
        state = _set.unpack_from(self._memory, start)
        digests, instants = state[::2], state[1::2]
        if digest in digests:
            way = digests.index(digest)
            return start + way * _slot.size, instants[way]
        return start + min(range(WAYS), key=instants.__getitem__) * _slot.size, 0.0

    @contextmanager
    def _locked(self, number: int) -> Iterator[None]:
        is_locked = any(self._try_lock(number) for _ in range(TRIES))
        try:
            yield
        finally:
            if is_locked:
                fcntl.lockf(self._file, fcntl.LOCK_UN, 1, number)

    def _try_lock(self, number: int) -> bool:
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
        except OSError:
            os.sched_yield()
            return False
        return True

    def _digest(self, key: str) -> int:
        text = key.encode("utf-8", "surrogatepass")
        return int.from_bytes(hashlib.blake2b(text, digest_size=8, salt=self._salt).digest()) or 1


of_node = NodeMemory(Arrivals)  # by address
of_sessions = NodeMemory(Arrivals)
