"""When peers are pinged and when they are half-open, by a clock of the tests."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sockets.engine.heartbeat import SILENT_INTERVALS, TICK_SECONDS, Heartbeat

intervals = st.floats(3, 120)
phases = st.floats(0, 0.999)


@dataclass
class Peer:
    """A peer that answers each ping after `delay` seconds until it vanishes; ticks begin `phase`
    seconds after the connection and come each second."""

    interval: float
    phase: float = 0.0
    delay: float = 0.0
    vanishes_at: float = float("inf")
    pings: list[float] = field(default_factory=list)
    last_pong: float = 0.0

    def lost_at(self, seconds: float) -> float | None:
        """When it is half-open, within so many seconds."""
        heartbeat, now = Heartbeat(self.interval, 0.0), self.phase
        pongs: list[float] = []
        while now < seconds:
            for pong in [at for at in pongs if at <= now]:
                heartbeat.reads(pong)
                heartbeat.heard(pong)
                self.last_pong = pong
                pongs.remove(pong)
            if heartbeat.is_lost(now):
                return now
            if heartbeat.is_due(now):
                heartbeat.sent(now)
                self.pings.append(now)
                if now + self.delay < self.vanishes_at:
                    pongs.append(now + self.delay)
            now += TICK_SECONDS
        return None


@given(intervals, phases, st.floats(0, 600), st.floats(0, 0.4))
def test_a_half_open_peer_is_lost_within_two_and_a_half_intervals(
    interval: float, phase: float, vanishes_at: float, delay: float
) -> None:
    peer = Peer(interval, phase, delay * interval, vanishes_at)
    lost_at = peer.lost_at(vanishes_at + 4 * interval + 10)
    assert lost_at is not None
    silence = lost_at - peer.last_pong
    assert silence <= SILENT_INTERVALS * interval
    assert silence >= (SILENT_INTERVALS - 0.5) * interval - TICK_SECONDS


@given(intervals, phases, st.floats(0, 0.95))
def test_a_peer_that_replies_late_is_never_lost(
    interval: float, phase: float, delay: float
) -> None:
    assert Peer(interval, phase, delay * interval).lost_at(20 * interval) is None


@pytest.mark.parametrize(
    ("interval", "silence"), [(25.0, 61.0), (10.0, 24.0), (3.0, 6.0), (60.0, 149.0)]
)
def test_the_silence_of_usual_intervals(interval: float, silence: float) -> None:
    assert Peer(interval, vanishes_at=0.0).lost_at(4 * interval) == silence


def test_pings_come_after_a_second_and_then_at_their_interval() -> None:
    peer = Peer(25.0)
    peer.lost_at(80)
    assert peer.pings == [1.0, 26.0, 51.0, 76.0]
    assert Peer(0.0).lost_at(100) is None


def test_a_busy_handler_is_no_silence_of_the_peer() -> None:
    heartbeat = Heartbeat(10.0, 0.0)
    heartbeat.sent(1.0)
    heartbeat.reads(60.0)  # the first read
    assert not heartbeat.is_lost(83.0)
    assert heartbeat.is_lost(83.5)


def test_reads_that_end_without_bytes_are_silence_of_the_peer() -> None:
    heartbeat = Heartbeat(10.0, 0.0)
    heartbeat.sent(1.0)
    for second in range(1, 24):
        heartbeat.reads(float(second))
        assert not heartbeat.is_lost(float(second))
        heartbeat.returned(second + 1.0)
    assert heartbeat.is_lost(24.0)


def test_a_worker_that_was_blocked_gives_its_peers_half_an_interval() -> None:
    heartbeat = Heartbeat(10.0, 0.0)
    heartbeat.sent(100.0)
    assert not heartbeat.is_lost(104.9)
    assert heartbeat.is_lost(105.0)
