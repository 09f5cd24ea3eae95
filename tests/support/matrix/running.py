"""Runs journeys side by side and compares what the monitor reported with the truth."""

import asyncio
import itertools
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from . import figures, programs, truth
from .figures import Figures
from .journeys import HAS_IDS, SCENARIOS, SERVER_OF, Stage
from .link import link
from .site import Records, Site, site
from .tabs.chromium import Chromium
from .tabs.firefox import Firefox
from .tabs.tab import Browser, Tab
from .tabs.webkit import WebKit

Result = TypeVar("Result")
AT_ONCE, PART = 8, 72
DWELL_SECONDS = 1.2  # what ends within 1 s before the page leaves is meant
QUIET_SECONDS, LONGEST_SECONDS, SAME_MOMENT_MS = 0.5, 20, 100
BROWSERS: Mapping[str, Callable[[], Any]] = {
    "chromium": Chromium, "firefox": Firefox, "webkit": WebKit,
}  # fmt: skip


@dataclass(frozen=True)
class Journey:
    """A scenario with a library in an engine."""

    engine: str
    library: str
    scenario: str

    def __str__(self) -> str:
        return f"{self.engine} / {self.library} / {self.scenario}"


@dataclass
class Outcome:
    """The figures of each page view, true and reported; `fault` when it could not be run."""

    journey: Journey
    views: list[tuple[Figures, Figures]] = field(default_factory=list)
    fault: str = ""
    records: Records | None = None

    def differences(self) -> list[str]:
        """What the monitor reported wrongly, a line each."""
        if self.fault:
            return [self.fault]
        return [
            line for true, reported in self.views for line in figures.differences(true, reported)
        ]


def run(journeys: Sequence[Journey], monitor: str) -> list[Outcome]:
    """The outcomes of journeys with a monitor's script.

    Journeys with differences are run once more, fewer side by side: on a busy machine a library
    misses the beats of a server that answered, and closes a connection that nothing ailed.
    """
    outcomes = _in_parts(journeys, monitor, AT_ONCE)
    again = [outcome.journey for outcome in outcomes if outcome.differences()]
    second = _in_parts(again, monitor, AT_ONCE // 4)
    latest = {outcome.journey: outcome for outcome in [*outcomes, *second]}
    return [latest[journey] for journey in journeys]


def _in_parts(journeys: Sequence[Journey], monitor: str, at_once: int) -> list[Outcome]:
    """Each part with browsers of its own: WebKitGTK loses its session after a few hundred pages."""
    parts = [journeys[at : at + PART] for at in range(0, len(journeys), PART)]
    return [outcome for part in parts for outcome in in_thread(_run(part, monitor, at_once))]


def in_thread(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine in a thread: playwright keeps a loop in the test's own."""
    results: list[Result] = []
    faults: list[BaseException] = []

    def target() -> None:
        try:
            results.append(asyncio.run(work))
        except BaseException as fault:  # noqa: BLE001 - raised again by the caller
            faults.append(fault)

    thread = threading.Thread(target=target)
    thread.start()
    thread.join()
    if faults:
        raise faults[0]
    return results[0]


async def _run(journeys: Sequence[Journey], monitor: str, at_once: int) -> list[Outcome]:
    async with AsyncExitStack() as stack:
        ports = await stack.enter_async_context(programs.servers())
        pages = await stack.enter_async_context(site(monitor, programs.bundles()))
        browsers: dict[str, Browser] = {}
        for engine in dict.fromkeys(journey.engine for journey in journeys):
            browsers[engine] = await BROWSERS[engine]().start()
            stack.push_async_callback(browsers[engine].end)
        slots = asyncio.Semaphore(at_once)
        numbers = itertools.count()

        async def outcome_of(journey: Journey) -> Outcome:
            async with slots:
                name = f"journey-{next(numbers)}"
                return await _outcome(journey, name, browsers[journey.engine], pages, ports)

        return list(await asyncio.gather(*map(outcome_of, journeys)))


async def _outcome(
    journey: Journey, name: str, browser: Browser, pages: Site, ports: Mapping[str, int]
) -> Outcome:
    server = SERVER_OF.get(journey.library, journey.library)
    async with link(ports[server]) as proxy:
        records = pages.add(name, journey.library, proxy.url)
        outcome = Outcome(journey, records=records)
        stage = Stage(name, pages, proxy, records)
        try:
            async with _tab(browser) as stage.tab:
                await SCENARIOS[journey.scenario](stage)
                await asyncio.sleep(DWELL_SECONDS)
        except (RuntimeError, TimeoutError) as fault:
            outcome.fault = f"{type(fault).__name__}: {fault}"
        await _settled(records)
        outcome.views = _views(records, proxy.stalls, stage.round_trips_ms)
        return outcome


@asynccontextmanager
async def _tab(browser: Browser) -> AsyncIterator[Tab]:
    """A tab that is closed with the block."""
    tab = await browser.open()
    try:
        yield tab
    finally:
        await tab.close()


async def _settled(records: Records) -> None:
    """Wait until the page's last events and its last report are there, and nothing follows."""
    begun = time.monotonic()
    while time.monotonic() - begun < LONGEST_SECONDS:
        is_quiet = time.monotonic() - max(begun, records.arrived) > QUIET_SECONDS
        if is_quiet and 0 < records.last("pagehide") <= records.reported + SAME_MOMENT_MS:
            return
        await asyncio.sleep(0.05)


def _views(
    records: Records, stalls: Sequence[Sequence[float]], round_trips_ms: list[float]
) -> list[tuple[Figures, Figures]]:
    """Truth and report of each view that had a socket, in the order of time."""
    views: dict[str, list[dict[str, Any]]] = {}
    for event in records.ordered():
        views.setdefault(event["view"], []).append(event)
    truths = [truth.of_view(events, stalls) for events in views.values() if _has_socket(events)]
    sessions: dict[str, list[dict[str, Any]]] = {}
    for report in sorted(records.reports, key=lambda report: report["period_start"]):
        sessions.setdefault(report["session_id"], []).append(report)
    reported = [figures.of_reports(reports) for reports in sessions.values()]
    if len(truths) == 1 and records.library in HAS_IDS:
        truths[0].round_trips_ms = round_trips_ms
    missing = [Figures() for _ in range(len(truths) - len(reported))]
    return list(zip(truths, [*reported, *missing], strict=False))


def _has_socket(events: Sequence[Mapping[str, Any]]) -> bool:
    return any(event["type"] == "attempt" for event in events)
