"""What a run counted so far, and the windows it is cut into."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from analytics.load_tests.distribution import counts_of, distribution, of_values
from analytics.load_tests.report import STEADY, Distribution, Window
from models.metrics.histogram import BUCKETS

DRAINING = "draining"
MEASURED = (STEADY, DRAINING)


@dataclass(slots=True)
class Tally:
    """Counts of all connections. `round_trips` and `late` are ms of the window that is not cut yet;
    `open` are the connections now, `cut` the messages that were on their way when the run cut their
    connection."""

    open: int = 0
    most_open: int = 0
    attempted: int = 0
    connected: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    closed: Counter[str] = field(default_factory=Counter)
    handshakes: list[float] = field(default_factory=list)
    offered: int = 0
    sent: int = 0
    expected: int = 0
    received: int = 0
    garbled: int = 0
    cut: int = 0
    round_trips: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)

    def opened(self, handshake_ms: float) -> None:
        """One connection more, open now."""
        self.connected += 1
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        self.handshakes.append(handshake_ms)

    @property
    def lost(self) -> int:
        """What was expected and has not come, in any form."""
        return max(0, self.expected - self.received - self.garbled)

    def failures(self) -> int:
        """Failed and dropped connections."""
        return self.failed.total() + self.dropped.total()


class Windows:
    """Cuts a tally into windows. Of round trips only the buckets are stored, so that a long run
    needs no more memory than a short one."""

    def __init__(self, tally: Tally) -> None:
        self.cut_windows: list[Window] = []
        self._tally = tally
        self._before = (0, 0, 0)
        self._steady: NDArray[np.int64] = np.zeros(BUCKETS, dtype=np.int64)
        self._late: NDArray[np.int64] = np.zeros(BUCKETS, dtype=np.int64)
        self._longest = 0.0

    def cut(self, at: float, cpu: float, loop_lag_ms: float, *, phase: str) -> Window:
        """Close the current window; its end is `at`, seconds since the start. The round trips of
        the phase after the steady one are those of messages that were sent in it."""
        tally = self._tally
        values, tally.round_trips = tally.round_trips, []
        late, tally.late = tally.late, []
        if phase in MEASURED:
            self._steady += counts_of(values)
            self._late += counts_of(late)
            self._longest = max([self._longest, *values])
        now = (tally.sent, tally.received, tally.failures())
        sent, received, failures = (new - old for new, old in zip(now, self._before, strict=True))
        self._before = now
        window = Window(
            at=round(at, 3), open=tally.open, sent=sent, received=received, failures=failures,
            round_trip=of_values(values), cpu=round(cpu, 4), loop_lag=round(loop_lag_ms, 3),
            phase=phase,
        )  # fmt: skip
        self.cut_windows.append(window)
        return window

    def round_trip(self) -> Distribution:
        """Round trips of the steady phase."""
        return distribution(self._steady, round(self._longest, 3) if self._longest else None)

    def late(self) -> Distribution:
        """How late messages of the steady phase were sent."""
        return distribution(self._late)
