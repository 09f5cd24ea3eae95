"""The highest load that holds: doubled until a threshold breaks, then halved in between, repeated.

One search has the noise of one run. It is repeated from the found neighbourhood, and the result is
the range of all repeats, each to within a twentieth.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from analytics.formatting.numbers import count, plural
from analytics.load_tests.report import LoadTestReport, Outcome

REPEATS = 3
RESOLUTION = 0.05
NEIGHBOURHOOD = 0.2


class Stopped(Exception):
    """The operator ended a trial."""


Trial = Callable[[int], Awaitable[LoadTestReport]]


@dataclass(frozen=True, slots=True)
class Capacity:
    """The highest loads that held in each repeat, in connections; what broke first at the lowest
    load that did not, and whether the generator or the bound of the search ended it instead."""

    highest: tuple[int, ...]
    broken: str
    is_lower_bound: bool

    def sentence(self, rate: float, workers: int | None = None) -> str:
        """What the operator wants to read; `workers` serve the target, if that is known."""
        load = f"connections at {rate:g} messages a second each"
        if workers:
            load += f" on {plural(workers, 'worker')}"
        if not self.highest or max(self.highest) == 0:
            return f"No load held. First: {self.broken}."
        low, high = min(self.highest), max(self.highest)
        span = count(low) if low == high else f"{count(low)} to {count(high)}"
        if self.is_lower_bound:
            return f"At least {span} {load}; beyond that the generator is the limit: {self.broken}."
        searches = f"range of {len(self.highest)} searches"
        return f"{span} {load}, {searches}. First to give way: {self.broken}."


@dataclass(slots=True)
class _Bracket:
    """`low` held, `high` did not; 0 where nothing was tried yet."""

    low: int = 0
    high: int = 0

    def is_narrow(self) -> bool:
        return self.high - self.low <= max(1, RESOLUTION * self.low)


class Search:
    """A search by trials of so many connections, at most `most`."""

    def __init__(self, trial: Trial, most: int) -> None:
        self._trial, self._most = trial, most
        self._broken = ""
        self._is_lower_bound = False
        self._highest, self._lowest_broken = 0, most

    async def run(self, start: int) -> Capacity:
        """Raises what the trial raises."""
        bracket = await self._doubled(start)
        highest = [await self._halved(bracket)]
        while not self._is_lower_bound and len(highest) < REPEATS and highest[0]:
            highest.append(await self._repeated(highest[0]))
        return Capacity(tuple(highest), self._broken, self._is_lower_bound)

    def so_far(self) -> str:
        """What is certain of a search that did not end."""
        if not self._highest:
            return "No load held yet."
        return f"The most that held was {plural(self._highest, 'connection')}."

    async def _doubled(self, start: int) -> _Bracket:
        bracket, load = _Bracket(), start
        while not bracket.high and not self._is_lower_bound:
            if await self._holds(load):
                bracket.low = load
                self._is_lower_bound |= load == self._most
                self._broken = self._broken or "the search ends at this many connections"
                load = min(2 * load, self._most)
            else:
                bracket.high = load
        return bracket

    async def _halved(self, bracket: _Bracket) -> int:
        while bracket.high and not bracket.is_narrow() and not self._is_lower_bound:
            middle = (bracket.low + bracket.high) // 2
            if await self._holds(middle):
                bracket.low = middle
            else:
                bracket.high = middle
        return bracket.low

    async def _repeated(self, highest: int) -> int:
        """Search again, in the neighbourhood of a first result, whose ends are tried first."""
        low, high = int(highest * (1 - NEIGHBOURHOOD)), int(highest * (1 + NEIGHBOURHOOD)) + 1
        while low and not await self._holds(low):
            low, high = low // 2, low
        while high < self._most and await self._holds(high):
            low, high = high, min(2 * high, self._most)
        return await self._halved(_Bracket(low, high))

    async def _holds(self, load: int) -> bool:
        report = await self._trial(load)
        verdict = report.verdict
        if verdict.outcome is Outcome.GENERATOR_LIMIT:
            self._broken, self._is_lower_bound = report.generator.limits[0], True
        elif verdict.broken and load <= self._lowest_broken:
            self._broken, self._lowest_broken = verdict.broken[0], load
        holds = verdict.outcome is Outcome.PASSED
        self._highest = max(self._highest, load if holds else 0)
        return holds
