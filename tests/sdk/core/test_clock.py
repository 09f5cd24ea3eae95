"""A clock that stands still while the page cannot run."""

from typing import Any

from playwright.sync_api import Browser

from tests.support.sdk.modules import evaluate

WORLD = """
    let [monotonic, wall] = [0, 1e12]
    performance.now = () => monotonic
    Date.now = () => wall
    const pass = (ms, wallMs = ms) => { monotonic += ms; wall += wallMs }
    const pauses = []
    const clock = createClock(ms => pauses.push([ms, clock.now()]))
"""


def run(chromium: Browser, script: str) -> Any:
    return evaluate(chromium, ["core/clock"], WORLD + script)


def test_a_machine_that_slept_by_its_wall_clock(chromium: Browser) -> None:
    script = "pass(60000, 3660000); clock.check(); return [clock.now(), pauses]"
    assert run(chromium, script) == [60_000, [[3_600_000, 60_000]]]


def test_a_small_step_of_the_wall_clock_is_no_sleep(chromium: Browser) -> None:
    script = "pass(1000, 5900); clock.check(); pass(0, -9e6); clock.check(); return pauses"
    assert run(chromium, script) == []


def test_a_page_that_ran_nothing_for_two_minutes_was_stopped(chromium: Browser) -> None:
    script = """pass(119000); clock.now(); pass(600000); const at = clock.now()
                pass(1000); return [at, clock.now(), pauses]"""
    assert run(chromium, script) == [119_000, 120_000, [[600_000, 119_000]]]


def test_frozen_time_stands_still_and_counts_sleep_in_it(chromium: Browser) -> None:
    script = """pass(1000); clock.pause(); pass(2000, 9000); clock.pause()
                const frozen = clock.now()
                clock.resume(); clock.resume(); pass(500); return [frozen, clock.now(), pauses]"""
    assert run(chromium, script) == [1_000, 1_500, [[9_000, 1_000]]]
