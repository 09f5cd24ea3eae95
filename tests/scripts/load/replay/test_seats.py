from itertools import pairwise

import numpy as np

from scripts.load.replay.recorded_day import of_csv
from scripts.load.replay.seats import BEFORE, Visit, seats_of
from scripts.load.replay.visits import Visits, visits_of
from tests.support.recorded_days import START, csv_of_day


def test_a_seat_is_taken_again_and_again() -> None:
    visits = Visits(
        initial=np.array([0.2, 1.0]), arrivals=np.array([0.1, 0.3, 0.5]),
        lengths=np.array([0.2, 0.2, 0.2]), rates=np.zeros(24), seconds=1.0,
    )  # fmt: skip
    first, second, third = seats_of(visits)
    assert first[0] == Visit(0, BEFORE, 0.2)
    assert second == [Visit(1, BEFORE, 1.0)]
    assert [visit.number for visit in (*first[1:], *third)] == [3, 2, 4]


def test_a_day_needs_as_many_seats_as_are_open_at_most() -> None:
    visits = visits_of(of_csv(csv_of_day(), START), 200, 2400.0, 1.0)
    seats = seats_of(visits)
    assert len(seats) == visits.most_open()
    numbers = sorted(visit.number for seat in seats for visit in seat)
    assert numbers == list(range(len(visits.initial) + len(visits.arrivals)))
    for seat in seats:
        assert all(before.end <= after.arrival for before, after in pairwise(seat))
