from dataclasses import replace

import numpy as np
import pytest

from scripts.load.distributed.work import Work, decoded, encoded
from scripts.load.replay.visits import Visits
from tests.support.short_runs import CONNECTIONS, options

RATES = np.array([2.0] * 12 + [0.0] * 12)


def work_of(workers: list[str], *, open_at_once: int = 0) -> Work:
    """Of a replay in which so many are there all the time, or of a steady load."""
    lengths = np.full(open_at_once, 0.6)
    none = np.zeros(0)
    visits = Visits(lengths, none, none, RATES, 0.6) if open_at_once else None
    with_key = replace(options(1), visits=visits, headers=[("X-Key", "k")], subprotocol="chat")
    return decoded(encoded(with_key, workers))


def test_each_process_gets_seats_of_its_own_and_all_as_many_users() -> None:
    work = work_of(["a", "b"], open_at_once=5)
    assert work.users() == 6
    parts = [work.seats_of(worker) for worker in ("a", "b", "came late")]
    assert [[seat[0].number for seat in part] for part in parts] == [[0, 2, 4], [1, 3], []]


def test_a_steady_load_gives_every_user_a_seat_until_the_end() -> None:
    work = work_of(["a"])
    assert work.users() == len(work.seats_of("a")) == CONNECTIONS
    assert (work.headers, work.subprotocol) == ([("X-Key", "k")], "chat")
    assert work.interval(0.1) == pytest.approx(1 / 20)


def test_a_replay_sends_at_the_rate_of_the_hour() -> None:
    work = work_of(["a"], open_at_once=1)
    hour = 0.6 / 24
    assert work.interval(-1.0) == work.interval(0.1) == min(0.5, hour)
    assert work.interval(0.59) == work.interval(9.0) == hour
