"""The recipes of `docs/browser-monitor.md`, run as they stand there."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from settings import CHECKOUT
from tests.support.matrix import figures, recipes, running
from tests.support.matrix.figures import Figures
from tests.support.matrix.recipes import Metrics, Pages, Recipe
from tests.support.matrix.tabs.chromium import Chromium, ChromiumTab

RECIPES = recipes.recipes((CHECKOUT / "docs" / "browser-monitor.md").read_text())
BUNDLED = ("react", "vue", "socket.io", "signalr", "phoenix")
WAIT_SECONDS = 40
FRAMES = {"socket.io": 3, "signalr": 2, "phoenix": 2}  # received; one by the others
Reports = Mapping[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Reports:
    """The reports of each recipe by name; each page was open until it heard an answer."""
    folder = tmp_path_factory.mktemp("recipes")
    recipes.bundled([RECIPES[name] for name in BUNDLED], folder)
    return running.in_thread(run(folder))


async def run(folder: Path) -> Reports:
    async with AsyncExitStack() as stack:
        metrics = Metrics()
        url = await recipes.started(stack, metrics.application())
        pages = Pages(RECIPES, folder, url, await recipes.ports(stack))
        site = await recipes.started(stack, pages.application())
        browser = await Chromium().start()
        stack.push_async_callback(browser.end)

        async def visit(recipe: Recipe) -> None:
            tab = await browser.open()
            await tab.count_frames()
            await tab.navigate(f"{site}/{recipe.slug}")
            if recipe.name == "consent":
                await until(lambda: tab.evaluate("Boolean(document.getElementById('agree'))"))
                assert metrics.of(recipe.slug) == []
                await tab.evaluate("document.getElementById('agree').click()")
            await answered(tab, metrics, recipe)

        await asyncio.gather(*map(visit, RECIPES.values()))
        return {name: metrics.of(recipe.slug) for name, recipe in RECIPES.items()}


async def answered(tab: ChromiumTab, metrics: Metrics, recipe: Recipe) -> None:
    """Close the tab after it received all, and wait for a report that has it."""

    async def has_received() -> bool:
        return tab.frames >= FRAMES.get(recipe.name, 1)

    async def has_reported() -> bool:
        return bool(figures.of_reports(metrics.of(recipe.slug)).received)

    if recipe.name != "worker":
        await until(has_received)
        await tab.close()
    await until(has_reported)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait for a condition, for at most 40 s."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not await condition() and time.monotonic() < deadline:
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_reports_its_connection(name: str, reports: Reports) -> None:
    total = figures.of_reports(reports[name])
    assert reports[name], "no report"
    assert (total.opened, total.failed, total.drops) == (1, 0, 0)
    assert total.sent
    assert total.received
    assert not any(report.get("may_be_blind") for report in reports[name])


@pytest.mark.parametrize(
    ("name", "protocol", "replies"),
    [("socket.io", "socket.io", 1), ("signalr", "signalr", 1), ("phoenix", "phoenix", 2)],
)
def test_a_protocol_is_recognised(name: str, protocol: str, replies: int, reports: Reports) -> None:
    connected = [report for report in reports[name] if report["connection"]["opened"]]
    assert connected[0]["protocol"] == protocol
    assert sum(len(report["reply"]["samples_ms"]) for report in reports[name]) == replies


def test_a_socket_that_strict_mode_closes_is_abandoned(reports: Reports) -> None:
    total = figures.of_reports(reports["react"])
    assert (total.attempts, total.abandoned) == (2, 1)


def test_a_route_is_reported_without_its_ids(reports: Reports) -> None:
    assert reports["single-page routes"][-1]["page"] == "/orders/{id}"


def test_an_own_protocol_is_timed_under_its_own_name(reports: Reports) -> None:
    total: Figures = figures.of_reports(reports["own protocol"])
    assert len(total.round_trips_ms) == 1
    assert {report.get("endpoint") for report in reports["own protocol"]} == {"chat"}
