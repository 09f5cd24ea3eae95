"""The time of the statistics, without reading: CPU, as a machine that is shared measures it."""

from collections.abc import Callable
from time import process_time

from analytics.correlation.costs.cost import cost_of
from analytics.correlation.measures import EXPOSURES, OUTCOMES
from analytics.correlation.overtime.pairs import pairs_over_time
from analytics.correlation.persession.pairs import pairs_per_session
from scripts.bench.correlation.hours import MONTH, Random, hourly, noise, rhythm
from scripts.bench.correlation.sessions import Plant, sessions

TIMES = 5
SESSIONS, DAYS = 200_000, 30


def lines(random: Random) -> list[str]:
    """A line per view: the fastest of five."""
    keys = [each.key for each in (*EXPOSURES, *OUTCOMES)]
    series = hourly({key: noise(random, MONTH, 0.8) + rhythm(random, MONTH) for key in keys})
    table = sessions(random, SESSIONS, DAYS, Plant(slow=1.0, after=0.8, leaving=1.2))
    views: dict[str, Callable[[], object]] = {
        f"36 pairs over {MONTH} hours": lambda: pairs_over_time(series),
        f"36 pairs over {SESSIONS:,} sessions": lambda: pairs_per_session(table),
        f"cost of drops of {SESSIONS:,} sessions": lambda: cost_of(table),
    }
    return [f"{name:40}{_fastest(view) * 1e3:6.0f} ms of CPU" for name, view in views.items()]


def _fastest(view: Callable[[], object]) -> float:
    view()
    times = []
    for _ in range(TIMES):
        before = process_time()
        view()
        times.append(process_time() - before)
    return min(times)
