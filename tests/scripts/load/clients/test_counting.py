import asyncio
from itertools import islice

import pytest

from scripts.load.clients.connection import ending_of
from scripts.load.clients.tally import Tally, Windows
from scripts.load.clients.timetable import Timetable
from scripts.load.clients.watch import Watch, open_files
from tests.support.load_reports import PLAN
from tests.support.threads import in_thread


def test_windows_hold_what_came_since_the_last_and_the_steady_phase_adds_up() -> None:
    tally = Tally()
    windows = Windows(tally)
    for at, phase in ((1.0, "ramp-up"), (2.0, "steady"), (3.0, "draining")):
        tally.sent += 3
        tally.failed["refused"] += 1
        tally.round_trips += [at, 2 * at]
        tally.late.append(0.2)
        cut = windows.cut(at, 0.5, 1.0, phase=phase)
        assert cut.phase == phase
        assert (cut.sent, cut.failures, cut.round_trip.n) == (3, 1, 2)
    assert windows.round_trip().n == 4
    assert windows.round_trip().longest == 6.0
    assert windows.late().n == 2


def test_lost_is_what_was_expected_and_never_came_in_any_form() -> None:
    tally = Tally(expected=10, received=7, garbled=1)
    assert tally.lost == 2
    tally.received = 12
    assert tally.lost == 0


def test_connections_open_evenly_and_send_at_different_times() -> None:
    timetable = Timetable(PLAN)
    opens = list(timetable.opens(50))
    assert opens[0] == (0, 0.0)
    assert [number for number, _ in opens] == list(range(50))
    assert opens[-1][1] == pytest.approx(1.96)
    phases = [timetable.phase(number) for number in range(50)]
    assert all(0 <= phase < 1 for phase in phases)
    assert len({round(phase, 2) for phase in phases}) > 40


def test_who_comes_back_waits_longer_each_time_with_a_bound() -> None:
    pauses = list(islice(Timetable(PLAN).back_off(), 40))
    assert max(pauses[:1]) <= 1
    assert max(pauses) <= 30
    assert max(pauses[6:]) > 8


@pytest.mark.parametrize(
    ("code", "by_server", "ending"),
    [(1000, False, "1000/client"), (0, True, "1005/server"), (None, False, "1006/nobody")],
)
def test_an_ending_has_a_code_and_who(code: int | None, by_server: bool, ending: str) -> None:
    assert ending_of(code, by_server=by_server) == ending


def test_the_generator_watches_itself() -> None:
    async def watched() -> Watch:
        watch = Watch()
        task = asyncio.create_task(watch.run())
        await asyncio.sleep(0.25)
        watch.cut()
        task.cancel()
        return watch

    watch = in_thread(asyncio.run, watched())
    assert watch.lags
    assert min(watch.lags) >= 0
    assert open_files() > 2
