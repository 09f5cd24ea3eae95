from typing import Any

import msgspec
import pytest

from analytics.load_tests.report import (
    Generator,
    LoadTestReport,
    Outcome,
    RunConnections,
    RunMessages,
    phases,
)
from analytics.load_tests.verdict import OUT_OF_FILES, generator_limits, judge
from tests.support.load_reports import PLAN, report

FAST, SLOW = [10.0] * 50, [400.0] * 50
LOST = RunMessages(offered=1500, sent=1500, expected=1500, received=1490, lost=10)


def plain(text: str) -> str:
    """With usual spaces before units."""
    return text.replace("\u202f", " ")


def test_a_run_within_all_thresholds_holds() -> None:
    verdict = judge(report())
    assert verdict.outcome is Outcome.PASSED
    assert verdict.broken == []
    assert "50 of 50 connections opened, 0 messages lost" in verdict.sentence


def test_a_slow_window_breaks_nothing_and_most_of_them_do_from_the_first_on() -> None:
    assert judge(report(trips=[*[FAST] * 20, SLOW, *[FAST] * 11])).outcome is Outcome.PASSED
    verdict = judge(report(trips=[*[FAST] * 10, *[SLOW] * 22]))
    assert verdict.outcome is Outcome.FAILED
    assert [plain(each) for each in verdict.broken] == [
        "round trip p95 over 200 ms from 11 s on, at 50 open connections"
    ]


@pytest.mark.parametrize(
    ("change", "first"),
    [
        ({"messages": LOST}, "10 of 1,500 expected messages lost"),
        (
            {"connections": RunConnections(attempted=50, connected=48, failed={"refused": 2})},
            "2 of 50 connections failed: 2 refused",
        ),
        (
            {"connections": RunConnections(attempted=50, connected=50, dropped={"1006/nobody": 3})},
            "3 connections dropped: 3 1006/nobody",
        ),
        ({"recovery": 61.5}, "all back after 61.5 s, limit 60 s"),
    ],
)
def test_what_broke_is_named(change: dict[str, Any], first: str) -> None:
    verdict = judge(report(**change))
    assert (verdict.outcome, plain(verdict.broken[0])) == (Outcome.FAILED, first)


def test_what_broke_first_stands_first() -> None:
    """A server that refuses from the fifth second on, and is slow from the twentieth on."""
    failed = RunConnections(attempted=60, connected=50, failed={"refused": 10})
    made = report(trips=[*[FAST] * 15, *[SLOW] * 17], connections=failed)
    for at, first in ((3, "10 of 60 connections failed"), (25, "round trip p95 over")):
        windows = [*made.windows]
        windows[at] = msgspec.structs.replace(windows[at], failures=10)
        verdict = judge(msgspec.structs.replace(made, windows=windows))
        assert plain(verdict.broken[0]).startswith(first)
        assert len(verdict.broken) == 2


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        (
            {"connections": RunConnections(attempted=50, connected=50, not_back=4)},
            "4 connections not back at the end of the steady phase",
        ),
        (
            {"messages": RunMessages(sent=9, expected=9, received=11)},
            "2 messages more than expected received",
        ),
    ],
)
def test_what_is_too_few_or_too_many_is_named(change: dict[str, Any], broken: str) -> None:
    assert judge(report(**change)).broken == [broken]


def test_attempts_repeated_in_a_storm_are_no_failures() -> None:
    connections = RunConnections(attempted=120, connected=100, failed={"refused": 20})
    assert judge(report(connections=connections, recovery=3.0)).outcome is Outcome.PASSED


def test_a_generator_at_its_limit_is_not_blamed_on_the_server() -> None:
    limits = list(generator_limits(0.97, 80.0, 2.0, RunMessages(offered=1000, sent=900)))
    assert [limit.split()[0] for limit in limits] == ["it", "its", "it"]
    slow = report(trips=[SLOW] * 32, generator=Generator(cpu=0.97, limits=limits))
    assert judge(slow).outcome is Outcome.GENERATOR_LIMIT
    assert judge(report(generator=Generator(limits=limits))).outcome is Outcome.PASSED
    lossy = report(messages=LOST, generator=Generator(limits=limits))
    assert judge(lossy).outcome is Outcome.FAILED
    files = RunConnections(attempted=50, connected=40, failed={OUT_OF_FILES: 10})
    failed = report(connections=files, generator=Generator(limits=[OUT_OF_FILES]))
    assert judge(failed).outcome is Outcome.GENERATOR_LIMIT


def test_ghosts_and_stops_are_named() -> None:
    assert judge(report(), ghosts=2).broken == [
        "2 connections still counted by the server after the end"
    ]
    assert judge(report(messages=LOST), is_stopped=True).outcome is Outcome.STOPPED


def test_a_report_survives_its_json() -> None:
    made = report()
    assert msgspec.json.decode(msgspec.json.encode(made), type=LoadTestReport) == made
    assert phases(PLAN) == (2.0, 32.0)
