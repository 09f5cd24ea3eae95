"""The last few results of a question that takes long, for as long as they are fresh."""

from collections.abc import Callable, Hashable
from time import monotonic
from typing import Generic, TypeVar

T = TypeVar("T")
MOST = 8
FRESH_SECONDS = 300.0


class Recent(Generic[T]):
    """At most `MOST` results by their question, each for five minutes. `clock` is in seconds."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._results: dict[Hashable, tuple[float, T]] = {}

    def get(self, question: Hashable) -> T | None:
        """The result, if it is fresh."""
        made_at, result = self._results.get(question, (float("-inf"), None))
        return result if self._clock() - made_at < FRESH_SECONDS else None

    def put(self, question: Hashable, result: T) -> T:
        """Keep a result instead of the oldest; returns it."""
        self._results.pop(question, None)
        self._results[question] = (self._clock(), result)
        if len(self._results) > MOST:
            self._results.pop(next(iter(self._results)))
        return result
