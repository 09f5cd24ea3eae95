"""Rounds per session: intervals against the truth of a population, confounders, and lengths."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from analytics.correlation.costs.cost import cost_of
from analytics.correlation.measures import EXPOSURES, OUTCOMES
from analytics.correlation.persession.pairs import PerSession, pairs_per_session
from analytics.correlation.results import DoseCurve, Estimate, Slope
from scripts.bench.correlation.sessions import Plant, Random, sessions
from scripts.bench.correlation.tally import Tally

LATENCY, DROPS = EXPOSURES[0], EXPOSURES[2]
PAGE_LOAD, INTERACTIONS = OUTCOMES[0], OUTCOMES[-1]
LEAST_PER_DAY = 300  # sessions of a day from which on it has an interval
MOST_BINS = 3  # none, 1 and 2 drops
TRUTH_ROUNDS, TRUTH_SESSIONS, TRUTH_DAYS = 60, 20_000, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A population, and how much of it a round sees."""

    name: str
    plant: Plant
    number: int
    days: int


CASES = (
    Case(name="nothing", plant=Plant(), number=3_000, days=30),
    Case(name="linked", plant=Plant(linked=0.8), number=3_000, days=14),
    Case(name="strongly linked", plant=Plant(linked=1.5, day_effect=0.3), number=3_000, days=30),
    Case(name="slow country", plant=Plant(slow=2.0), number=3_000, days=30),
    Case(name="drops act", plant=Plant(after=0.7, leaving=1.5), number=3_000, days=30),
    Case(name="rare drops", plant=Plant(after=0.7, drops=0.1), number=3_000, days=21),
    Case(name="few sessions", plant=Plant(linked=0.5), number=600, days=10),
    Case(name="length alone", plant=Plant(calming=0.3), number=10_000, days=30),
)  # fmt: skip

Figures = Iterator[tuple[str, Estimate | Slope | None]]


def figures(case: Case, random: Random, number: int, days: int) -> Figures:
    """Each interval of the page, by name, of one sample."""
    table = sessions(random, number, days, case.plant)
    pairs = pairs_per_session(table)
    for x, y in ((LATENCY, PAGE_LOAD), (DROPS, INTERACTIONS)):
        pair = pairs.detailed(x, y)
        yield f"{y.key}: pooled", pair.pooled
        yield f"{y.key}: within", pair.within
        yield f"{y.key}: slope", pair.slope
        yield f"{x.key}: touched", pair.touched
        if x is DROPS and pair.dose is not None:
            yield from _doses(pair.dose)
    for outcome in cost_of(table).outcomes:
        yield f"cost {outcome.key}: difference", outcome.difference
        yield f"cost {outcome.key}: relative", outcome.relative
        yield (
            f"cost {outcome.key}: per day of 1,000 sessions",
            _scaled(outcome.per_day, days, number),
        )
        if case.number / case.days >= LEAST_PER_DAY:
            yield f"cost {outcome.key}: one day", outcome.days[0].difference


def _doses(curve: DoseCurve) -> Figures:
    """Of bins that most samples have."""
    for each in curve.bins[:MOST_BINS]:
        yield f"dose {each.label}: mean", each.outcome
        if each is not curve.bins[0]:
            yield f"dose {each.label}: difference", each.difference


def truth(case: Case, random: Random) -> Mapping[str, float]:
    """The figures of a population: means over samples so large that little is left to chance."""
    values: dict[str, list[float]] = defaultdict(list)
    for _ in range(TRUTH_ROUNDS):
        for name, of in figures(case, random, TRUTH_SESSIONS, TRUTH_DAYS):
            if of is not None:
                values[name].append(of.value)
    return {
        name: float(np.mean(each)) for name, each in values.items() if len(each) == TRUTH_ROUNDS
    }


def round_of(case: Case, random: Random, true: Mapping[str, float], tally: Tally) -> None:
    """One sample: which intervals hold the truth?"""
    for name, of in figures(case, random, case.number, case.days):
        if name in true:
            tally.add(f"{case.name}: {name}", of, true[name])


def view(case: Case, random: Random) -> PerSession:
    """All pairs of one sample."""
    return pairs_per_session(sessions(random, case.number, case.days, case.plant))


def _scaled(of: Estimate | None, days: int, number: int) -> Estimate | None:
    """What a day of 1,000 sessions would have."""
    scale = 1_000.0 * days / number
    if of is None:
        return None
    return Estimate(value=of.value * scale, low=of.low * scale, high=of.high * scale)
