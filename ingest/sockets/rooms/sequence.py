"""Messages between workers are numbered by sender and app: what comes twice is known by its number,
and what never comes by the gap.

A broker that was frozen may deliver a batch that its sender has given up on and sent again; a
broker that was away delivers nothing of what was sent meanwhile.
"""

from typing import NamedTuple

MOST_STREAMS = 10_000  # pairs of sender and app that are remembered; senders end with their workers


class Receipt(NamedTuple):
    """Whether a message came for the first time, and how many before it never came."""

    is_first: bool
    missed: int


class SentNumbers:
    """The numbers of a sender: how many messages it has sent of each app."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}
        self._changed: set[str] = set()

    def next(self, app: str) -> int:
        """The number of a message that is about to be sent."""
        self._last[app] = number = self._last.get(app, 0) + 1
        self._changed.add(app)
        return number

    def all(self) -> list[tuple[str, int]]:
        """The last number of each app."""
        self._changed.clear()
        return list(self._last.items())

    def changed(self) -> list[tuple[str, int]]:
        """The same of those that sent since the last call."""
        apps, self._changed = self._changed, set()
        return [(app, self._last[app]) for app in sorted(apps)]


class ReceivedNumbers:
    """The numbers a receiver has got. Of a sender that it has `met` it misses what it did not get;
    of others it does not know how many there were before."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], int] = {}
        self._met: set[str] = set()

    def meet(self, sender: str) -> None:
        """A sender has told all its numbers."""
        self._met.add(sender)

    def message(self, sender: str, app: str, number: int) -> Receipt:
        """A message came; one of a version before has no number, 0."""
        if not number:
            return Receipt(is_first=True, missed=0)
        last = self._advance(sender, app, number)
        return Receipt(number > last, max(0, number - last - 1))

    def sent(self, sender: str, app: str, number: int) -> int:
        """A sender has sent so many of an app until now; how many of them never came."""
        return max(0, number - self._advance(sender, app, number, first=number))

    def _advance(self, sender: str, app: str, number: int, first: int | None = None) -> int:
        """The number before; of a sender that was not met, that before the `first`."""
        stream = (sender, app)
        unknown = 0 if sender in self._met else number - 1 if first is None else first
        last = self._last.pop(stream, unknown)
        self._last[stream] = max(last, number)
        if len(self._last) > MOST_STREAMS:
            oldest = next(iter(self._last))
            del self._last[oldest]
            self._met.discard(oldest[0])
        return last
