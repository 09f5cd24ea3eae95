"""A replayed day as seats: each is taken by one visit after the other."""

import heapq

import msgspec

from .visits import Visits


class Visit(msgspec.Struct, frozen=True, array_like=True):
    """Of one connection: its number in the run, and when it comes and leaves, in seconds since the
    day began; whoever is there at the beginning came before, at a negative time."""

    number: int
    arrival: float
    end: float


Seat = list[Visit]
BEFORE = -1.0


def seats_of(visits: Visits) -> list[Seat]:
    """As many as are open at once at most; those first that are taken from the beginning."""
    initial = enumerate(visits.initial.tolist())
    seats: list[Seat] = [[Visit(number, BEFORE, end)] for number, end in initial]
    free = [(seat[0].end, index) for index, seat in enumerate(seats)]
    heapq.heapify(free)
    pairs = zip(visits.arrivals.tolist(), visits.lengths.tolist(), strict=True)
    for number, (arrival, length) in enumerate(pairs, len(seats)):
        visit = Visit(number, arrival, arrival + length)
        if free and free[0][0] <= arrival:
            index = free[0][1]
            heapq.heapreplace(free, (visit.end, index))
        else:
            index = len(seats)
            seats.append([])
            heapq.heappush(free, (visit.end, index))
        seats[index].append(visit)
    return seats
