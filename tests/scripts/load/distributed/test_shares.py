from collections import Counter
from typing import Any

import msgspec
import pytest

from analytics.load_tests.report import STEADY
from scripts.load.clients.tally import Tally
from scripts.load.distributed import gathered_run
from scripts.load.distributed.gathered_run import GatheredRun
from scripts.load.distributed.shares import Shares, Total
from tests.support.load_reports import PLAN


def counted(tally: Tally, times: int) -> None:
    """So many connections that each send and get a message and are dropped."""
    for _ in range(times):
        tally.attempted += 1
        tally.opened(3.0)
        tally.sent += 1
        tally.expected += 1
        tally.received += 1
        tally.round_trips.append(5.0)
        tally.open -= 1
        tally.dropped["1006/nobody"] += 1


def test_shares_of_two_processes_add_up_to_what_both_counted() -> None:
    total, tallies = Total(), (Tally(), Tally())
    parts = [Shares(tally) for tally in tallies]
    for times in (2, 3):
        for number, (part, tally) in enumerate(zip(parts, tallies, strict=True)):
            counted(tally, times)
            total.add(str(number), msgspec.json.decode(msgspec.json.encode(part.next())))
    assert (total.tally.connected, total.tally.received, total.tally.lost) == (10, 10, 0)
    assert total.tally.dropped == Counter({"1006/nobody": 10})
    assert len(total.tally.handshakes) == len(total.tally.round_trips) == 10
    assert tallies[0].round_trips == []
    assert total.cpu >= 0


def test_those_who_are_open_are_open_in_all_processes() -> None:
    total, tally = Total(), Tally()
    tally.opened(1.0)
    for sender in ("a", "b"):
        total.add(sender, Shares(tally).next())
    assert (total.tally.open, total.tally.most_open) == (2, 2)


@pytest.mark.parametrize(("delay", "steady"), [(0.0, 3), (3.0, 2)])
def test_nothing_of_the_ramp_up_is_in_the_steady_phase(
    monkeypatch: pytest.MonkeyPatch, delay: float, steady: int
) -> None:
    clock: list[Any] = [0.0]
    monkeypatch.setattr(gathered_run, "perf_counter", lambda: clock[0])
    run, tally = GatheredRun(PLAN, delay), Tally()
    part = Shares(tally)
    for at in (1.5, 4.5, 7.5, 10.5, 13.5):
        clock[0] = at
        counted(tally, 1)
        run.add("a", part.next())
        run.cut()
    phases = [window.phase for window in run.windows.cut_windows]
    assert phases.count(STEADY) == steady
    assert run.windows.round_trip().n == steady
    assert run.tally.received == 5
