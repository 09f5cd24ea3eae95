"""When connections open, send and come back. The same run number gives the same timetable."""

from collections.abc import Iterator
from random import Random

from analytics.load_tests.report import Plan

FIRST_BACK_OFF, LONGEST_BACK_OFF = 1.0, 30.0


class Timetable:
    """Of a plan; all times in seconds."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._random = Random(plan.connections)  # noqa: S311 - no secret

    def opens(self, connections: int) -> Iterator[tuple[int, float]]:
        """(number, when) of each connection, evenly over the ramp-up."""
        pause = self._plan.ramp_up / max(1, connections)
        return ((number, number * pause) for number in range(connections))

    def phase(self, number: int) -> float:
        """How long after its opening a connection sends first: spread evenly over an interval, by
        the golden section, so that neighbours do not send together."""
        return (number * 0.618_033_988_75 % 1.0) / self._plan.rate if self._plan.rate else 0.0

    def back_off(self) -> Iterator[float]:
        """Pauses before each attempt to come back: full jitter, doubling (as good clients do)."""
        longest = FIRST_BACK_OFF
        while True:
            yield self._random.uniform(0, longest)
            longest = min(2 * longest, LONGEST_BACK_OFF)
