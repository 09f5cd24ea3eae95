"""What a run counted so far, and the windows it is cut into."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from analytics.load_tests.distribution import counts_of, distribution
from analytics.load_tests.report import STEADY, Distribution, Window
from models.metrics.histogram import BUCKETS

DRAINING = "draining"
MOST_UNFOLDED = 500
MEASURED = (STEADY, DRAINING)


@dataclass(slots=True)
class Tally:
    """Counts of all connections. `round_trips` and `late` are ms of the window that is not cut yet;
    `open` are the connections now, `cut` the messages that were on their way when the run cut their
    connection. A reconnect storm cut `stormed` connections; `back` have come back since, the last
    `last_back` seconds after it."""

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
    phase_began: float = 0.0
    stormed: int = 0
    back: int = 0
    last_back: float = 0.0

    def opened(self, handshake_ms: float) -> None:
        """One connection more, open now."""
        self.connected += 1
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        self.handshakes.append(handshake_ms)

    def came_back(self, since: float, at: float) -> None:
        """A round trip, seconds of `time.perf_counter`. One that began in a phase before is none of
        this phase."""
        if since >= self.phase_began:
            self.round_trips.append((at - since) * 1000)

    def returned(self, after: float) -> None:
        """One that the storm had cut is back, so many seconds after it."""
        self.back += 1
        self.last_back = max(self.last_back, round(after, 3))

    @property
    def recovery(self) -> float | None:
        """From the reconnect storm to the last connection back, in seconds; `None` while one is
        missing."""
        return self.last_back if self.stormed and self.back == self.stormed else None

    @property
    def lost(self) -> int:
        """What was expected and has not come, in any form."""
        return max(0, self.expected - self.received - self.garbled)

    def failures(self) -> int:
        """Failed and dropped connections."""
        return self.failed.total() + self.dropped.total()


class _Durations:
    """Counts per bucket, and the longest, in ms."""

    def __init__(self) -> None:
        self._counts: NDArray[np.int64] = np.zeros(BUCKETS, dtype=np.int64)
        self._longest = 0.0

    def add(self, values: list[float]) -> None:
        """Count more, in ms."""
        self._counts += counts_of(values)
        self._longest = max([self._longest, *values])

    def join(self, other: "_Durations") -> None:
        """Count what another counted."""
        self._counts += other._counts
        self._longest = max(self._longest, other._longest)

    def distribution(self) -> Distribution:
        """Of all that was counted."""
        return distribution(self._counts, round(self._longest, 3) if self._longest else None)


class Windows:
    """Cuts a tally into windows. Of round trips only the buckets are stored, so that a long run
    needs no more memory than a short one."""

    def __init__(self, tally: Tally) -> None:
        self.cut_windows: list[Window] = []
        self._tally = tally
        self._before = (0, 0, 0)
        self._round_trips, self._late_now = _Durations(), _Durations()
        self._steady, self._late = _Durations(), _Durations()

    def fold(self) -> None:
        """Take durations into their buckets once there are many, so that a cut has few to take: a
        generator that counts has no time to read."""
        if len(self._tally.round_trips) > MOST_UNFOLDED:
            self._fold()

    def _fold(self) -> None:
        tally = self._tally
        self._round_trips.add(tally.round_trips)
        self._late_now.add(tally.late)
        tally.round_trips, tally.late = [], []

    def cut(self, at: float, cpu: float, loop_lag_ms: float, *, phase: str) -> Window:
        """Close the current window; its end is `at`, seconds since the start. The round trips of
        the phase after the steady one are those of messages that were sent in it."""
        tally = self._tally
        self._fold()
        round_trips, late = self._round_trips, self._late_now
        self._round_trips, self._late_now = _Durations(), _Durations()
        if phase in MEASURED:
            self._steady.join(round_trips)
            self._late.join(late)
        now = (tally.sent, tally.received, tally.failures())
        sent, received, failures = (new - old for new, old in zip(now, self._before, strict=True))
        self._before = now
        window = Window(
            at=round(at, 3), open=tally.open, sent=sent, received=received, failures=failures,
            round_trip=round_trips.distribution(), cpu=round(cpu, 4),
            loop_lag=round(loop_lag_ms, 3), phase=phase,
        )  # fmt: skip
        self.cut_windows.append(window)
        return window

    def round_trip(self) -> Distribution:
        """Round trips of the steady phase."""
        return self._steady.distribution()

    def late(self) -> Distribution:
        """How late messages of the steady phase were sent."""
        return self._late.distribution()
