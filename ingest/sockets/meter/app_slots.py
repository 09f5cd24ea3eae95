"""Which apps of a worker are sampled under their own names: the most used ones, up to a limit.

Apps are named by clients, so a name alone gets nothing for ever: the least used app gives way to
one that is used more, and one that was not used for a day leaves. Names change slowly even when
strangers invent them, since each that was sampled has rows and totals in the store.
"""

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from models.metrics.server_catalogue import USER_KEY_BYTES
from models.raw.server_samples import Histogram

UNUSED_FOR = timedelta(days=1)
CHANGES_PER_HOUR = 20
HOUR = timedelta(hours=1)
MOST_ROOMS = 50
RoomCounts = tuple[str, int, int]  # room, members, messages


class AppSlots:
    """The named apps of one worker, at most `most`."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._used_at: dict[str, datetime] = {}
        self._changed_at: deque[datetime] = deque()

    def __contains__(self, app: str) -> bool:
        return app in self._used_at

    def __len__(self) -> int:
        return len(self._used_at)

    def settle(self, use: Mapping[str, int], at: datetime) -> set[str]:
        """Name apps by their `use` (connections of the interval that ends `at`); those that lost
        their names."""
        self._used_at |= {app: at for app in self._used_at if use.get(app)}
        before = set(self._used_at)
        for app in [app for app, used_at in self._used_at.items() if at - used_at > UNUSED_FOR]:
            del self._used_at[app]
        newcomers = [app for app, number in use.items() if number and app not in self._used_at]
        for app in sorted(newcomers, key=lambda app: (-use[app], app)):
            if not self._has_room(use, use[app], at):
                break
            self._used_at[app] = at
        return before - set(self._used_at)

    def _has_room(self, use: Mapping[str, int], number: int, at: datetime) -> bool:
        """Whether there is room for an app of so much use, after the least used one gave way."""
        if len(self._used_at) < self._most:
            return True
        least = min(self._used_at, key=lambda app: (use.get(app, 0), self._used_at[app]))
        while self._changed_at and at - self._changed_at[0] >= HOUR:
            self._changed_at.popleft()
        if use.get(least, 0) >= number or len(self._changed_at) >= CHANGES_PER_HOUR:
            return False
        self._changed_at.append(at)
        del self._used_at[least]
        return True


def busiest(rooms: Iterable[RoomCounts]) -> list[RoomCounts]:
    """The 50 rooms with the most messages, ties by members."""
    return sorted(rooms, key=lambda room: (-room[2], -room[1], room[0]))[:MOST_ROOMS]


def added(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The fields of several tallies (see `Tally.take`) as those of one; at least one is needed."""
    return {name: _sum([part[name] for part in parts]) for name in parts[0]}


def _sum(values: Sequence[Any]) -> Any:
    first = values[0]
    if isinstance(first, Histogram):
        counts = Counter[int]()
        for histogram in values:
            counts.update(histogram.counts)
        return Histogram(dict(counts), sum(histogram.sum_us for histogram in values))
    if isinstance(first, bytes):
        joined = b"".join(values)
        starts = range(0, len(joined), USER_KEY_BYTES)
        return b"".join(sorted(joined[start : start + USER_KEY_BYTES] for start in starts))
    if isinstance(first, dict):
        return {
            key: _sum([value[key] for value in values if key in value])
            for key in dict.fromkeys(key for value in values for key in value)
        }
    if isinstance(first, list):
        return busiest(chain.from_iterable(values))
    if isinstance(first, tuple):
        return tuple(map(sum, zip(*values, strict=True)))
    return sum(values)
