"""Every scenario of load tests at once against one server, each as an app of its own."""

import asyncio
from dataclasses import replace

import numpy as np

from analytics.load_tests.report import LoadTestReport
from scripts.load import command
from scripts.load.clients.tally import Tally
from scripts.load.options import REPLAY, SCENARIOS, Options
from scripts.load.replay.visits import Visits
from scripts.load.scenarios.make import make
from tests.support.short_runs import QUIETLY, changed, options

STEADY = 3.0


def app_of(scenario: str) -> str:
    """The app of its connections."""
    return f"truth-of-{scenario}"


async def reports(port: int) -> dict[str, LoadTestReport]:
    """The report of each scenario."""
    runs = (command.measured(_options(port, each), *QUIETLY) for each in SCENARIOS)
    return dict(zip(SCENARIOS, await asyncio.gather(*runs), strict=True))


def _options(port: int, scenario: str) -> Options:
    path = make(options(port, scenario).plan, Tally()).path
    url = f"ws://127.0.0.1:{port}{path}?app={app_of(scenario)}"
    visits = _visits() if scenario == REPLAY else None
    return replace(changed(options(port, scenario), url=url, steady=STEADY), visits=visits)


def _visits() -> Visits:
    """Three who are there at the beginning, twelve who come and leave."""
    return Visits(
        initial=np.array([0.5, 1.5, 9.0]), arrivals=np.linspace(0.1, 2.9, 12),
        lengths=np.full(12, 0.4), rates=np.full(24, 20.0), seconds=STEADY,
    )  # fmt: skip
