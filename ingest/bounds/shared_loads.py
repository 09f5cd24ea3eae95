"""What senders brought, of all workers of a node, in memory they share.

Each worker has a part of its own that no other writes, so a report waits for no lock. A part has
two pages of rows, (app, sender, load), one for each half of ten minutes; apps and senders are
hashes. Who reads a page while its worker begins it anew drops it.

Beside them one byte for each of many hashes of (session, sender): the half in which any worker
heard it last. Two sessions may have one byte, so of 100,000 sessions about 2 % count as heard.
"""

import fcntl
import mmap
import os
import secrets
import struct
import weakref
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from ingest.http.node_memory import NodeMemory

from .amounts import Amounts
from .population import LoadValues

MOST_ROWS = 1 << 17  # of a page: a sender has one for each of its apps, and one for all
PARTS_A_WORKER = 4  # those of workers that ended count until their ten minutes are over
SESSION_BYTES = 1 << 22
STAMPS = 255
ROW = np.dtype([("app", "=i8"), ("sender", "=i8"), ("load", "=f8", (4,))])
_header, _key, _load = struct.Struct("=2q"), struct.Struct("=2q"), struct.Struct("=4d")
Rows = NDArray[np.void]
NOTHING: LoadValues = (0, 0, 0, 0)


class SharedLoads:
    """The memory. Processes forked after it was made share it."""

    def __init__(self, workers: int = 1, most_rows: int = MOST_ROWS) -> None:
        self.key = secrets.token_bytes(16)
        self.most_rows = most_rows
        self._parts = workers * PARTS_A_WORKER
        self.first_row = SESSION_BYTES + self._parts * 2 * _header.size
        size = self.first_row + self._parts * 2 * most_rows * ROW.itemsize
        self._file = os.memfd_create("loads")  # without pages until they are written
        os.ftruncate(self._file, size)
        self.memory = mmap.mmap(self._file, size)
        self._claimed = set[int]()
        # At exit the kernel closes it, and with it the locks.
        weakref.finalize(self, os.close, self._file).atexit = False

    def claim(self) -> "WorkerLoads":
        """A part that no living process has, the one that was written least lately: its lock, of
        the kernel, ends with the process. Without one a part of memory that is not shared."""
        for part in sorted(range(self._parts), key=self._last_half):
            if part not in self._claimed and self._try_lock(part):
                self._claimed.add(part)
                return WorkerLoads(self, part)
        return SharedLoads().claim()

    def rows(self, half: int) -> Rows:
        """A copy of the rows of all workers of a half and the one before."""
        pages = [self._page(page, (half, half - 1)) for page in range(2 * self._parts)]
        return np.concatenate(pages)

    def is_first(self, session: UUID, sender: int, half: int) -> bool:
        """Whether no worker heard a session from a sender in this half or the one before; from now
        on one did."""
        position = (hash(self.key + session.bytes) ^ sender) % SESSION_BYTES
        stamp = half % STAMPS + 1
        before, self.memory[position] = self.memory[position], stamp
        return before != stamp and before != (half - 1) % STAMPS + 1

    def header(self, page: int) -> tuple[int, int]:
        """The half of a page, and its number of rows."""
        half, rows = _header.unpack_from(self.memory, SESSION_BYTES + page * _header.size)
        return half, rows

    def write_header(self, page: int, half: int, rows: int) -> None:
        """Write them."""
        _header.pack_into(self.memory, SESSION_BYTES + page * _header.size, half, rows)

    def start_of(self, page: int) -> int:
        """The offset of the first row of a page."""
        return self.first_row + page * self.most_rows * ROW.itemsize

    def _page(self, page: int, halves: tuple[int, int]) -> Rows:
        half, count = self.header(page)
        if half not in halves:
            return np.empty(0, dtype=ROW)
        rows = np.frombuffer(self.memory, ROW, count, self.start_of(page)).copy()
        return rows if self.header(page)[0] == half else rows[:0]

    def _last_half(self, part: int) -> int:
        return max(self.header(2 * part)[0], self.header(2 * part + 1)[0])

    def _try_lock(self, part: int) -> bool:
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, part)
        except OSError:
            return False
        return True


class WorkerLoads:
    """The part of one worker; a row is its offset, which is never 0."""

    def __init__(self, node: SharedLoads, part: int) -> None:
        self.node = node
        self._memory = node.memory
        self._part = part
        self.begin(0)

    @property
    def rows(self) -> int:
        """The rows of this half, of `MOST_ROWS`."""
        return self._count

    def begin(self, half: int) -> None:
        """Begin the page of a half, without rows."""
        self._page, self._half, self._count = 2 * self._part + half % 2, half, 0
        self.node.write_header(self._page, half, 0)

    def new_row(self, app: int, sender: int) -> int:
        """A row of no load; 0 when the page is full."""
        if self._count >= self.node.most_rows:
            return 0
        row = self.node.start_of(self._page) + self._count * ROW.itemsize
        _key.pack_into(self._memory, row, app, sender)
        _load.pack_into(self._memory, row + _key.size, 0, 0, 0, 0)
        self._count += 1
        self.node.write_header(self._page, self._half, self._count)
        return row

    def add(self, row: int, sessions: int, amounts: Amounts) -> None:
        """Add sessions and amounts to the load of a row."""
        offset = row + _key.size
        first, durations, messages, connections = _load.unpack_from(self._memory, offset)
        _load.pack_into(
            self._memory, offset, first + sessions, durations + amounts.durations,
            messages + amounts.messages, connections + amounts.connections,
        )  # fmt: skip

    def load(self, row: int) -> LoadValues:
        """The load of a row; of none nothing."""
        return _load.unpack_from(self._memory, row + _key.size) if row else NOTHING


of_node: NodeMemory[SharedLoads] = NodeMemory(SharedLoads)
