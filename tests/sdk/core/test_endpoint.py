"""The timeline of an endpoint: random journeys against a model, and the cases that matter."""

import random
from itertools import pairwise
from typing import Any

from playwright.sync_api import Browser

from tests.support.sdk.modules import evaluate, source

MODULES = [
    "core/limits", "core/histogram", "core/tally", "core/ends", "core/endpoint",
]  # fmt: skip
RESET = {"isClosed": True, "isClean": False, "code": 1006}
OURS = {"isRequested": True}


def travel(chromium: Browser, *journeys: list[Any]) -> list[dict[str, Any]]:
    """What became of each journey: its periods, and its sockets with their ends."""
    script = source("endpoint_journey") + "return argument.map(travel)"
    outcomes: list[dict[str, Any]] = evaluate(chromium, MODULES, script, journeys)
    return outcomes


def journey(seed: int) -> list[Any]:
    """A random journey that ends with everything judged and reported."""
    dice = random.Random(seed)
    ends = [OURS, OURS, RESET, {"isClosed": True, "isClean": True, "code": 1012}, OURS | RESET,
            {"isReturning": True}, OURS | {"hasSilentBeat": True, "silentMs": 4_000}]  # fmt: skip
    closes = [{"isClean": True, "code": 1000}, {"isClean": False, "code": 1006}]
    steps: list[Any] = []
    for _ in range(60):
        steps += dice.choice([
            [["attempt", 0], ["pass", dice.choice([0, 30])], ["conclude", "opened"]],
            [["attempt", 0], ["pass", 20], ["conclude", dice.choice(["failed", "abandoned"])]],
            [["end", dice.choice(ends)]],
            [["close", dice.choice(closes)]],
            [["turn", 0]], [["take", 0]], [["take", 0]], [["judge", 0]],
            [["suspend", dice.choice([700, 90_000])]],
        ])  # fmt: skip
        steps.append(["pass", dice.choice([0, 1, 400, 1_001, 9_000])])
    return [*steps, ["pass", 70_000], ["leave", 0], ["take", 0]]


def test_random_journeys_add_up(chromium: Browser) -> None:
    for seed, outcome in enumerate(travel(chromium, *map(journey, range(150)))):
        periods, drops = outcome["periods"], [end for end in outcome["ends"] if is_drop(end)]
        for period in periods:
            spent = period["open_ms"] + period["downtime_ms"] + period["suspended_ms"]
            assert spent <= period["lastedMs"] + 0.01, seed
            assert period["downtime_hidden_ms"] <= period["downtime_ms"], seed
        assert total(periods, "drops") == len(drops), seed
        assert total(periods, "lost") + total(periods, "ended_by_server") == len(drops), seed
        assert total(periods, "attempts") == sum(
            total(periods, name) for name in ("opened", "failed", "abandoned")
        )
        recovered = [drop["reopenedMs"] for drop in drops if "reopenedMs" in drop]
        recoveries = [ms for period in periods for ms in period["recovery_ms"]]
        assert sorted(recoveries) == sorted(recovered), seed
        assert total(periods, "never_back") == len(drops) - len(recovered), seed
        assert (total(periods, "open_ms"), total(periods, "downtime_ms")) == modelled(outcome), seed


def is_drop(end: dict[str, Any]) -> bool:
    return end["kind"] in ("lost", "ended_by_server")


def total(periods: list[dict[str, Any]], name: str) -> float:
    return float(sum(period[name] for period in periods))


def modelled(outcome: dict[str, Any]) -> tuple[float, float]:
    """Time open and down, from the sockets alone: between any two moments one state holds."""
    ends, last = outcome["ends"], outcome["at"]
    sockets = [(end["from"], end["to"]) for end in ends] + [(at, last) for at in outcome["open"]]
    gaps = [(end["at"], end["at"] + end.get("reopenedMs", last)) for end in ends if is_drop(end)]
    moments = sorted({0, last, *(at for pair in sockets + gaps for at in pair if at <= last)})
    open_ms = down_ms = 0.0
    for start, end in pairwise(moments):
        is_open = any(a <= start < b for a, b in sockets)
        open_ms += (end - start) * is_open
        down_ms += (end - start) * (not is_open and any(a <= start < b for a, b in gaps))
    return open_ms, down_ms


OPEN = [["attempt", 0], ["pass", 100], ["conclude", "opened"]]


def test_downtime_runs_from_the_end_noticed_not_from_its_event(chromium: Browser) -> None:
    (outcome,) = travel(chromium, [
        *OPEN, ["pass", 10_000], ["end", OURS], ["pass", 2_000], *OPEN, ["pass", 57_900],
        ["take", 0], ["close", {"isClean": False, "code": 1006}], ["take", 0],
    ])  # fmt: skip
    (period,) = outcome["periods"]  # held until the close event tells
    assert (period["lost"], period["downtime_ms"], period["recovery_ms"]) == (1, 2_100, [2_100])
    assert (period["open_ms"], period["lastedMs"]) == (67_900, 70_100)
    assert (period["reconnect_attempts"], period["reconnect_successes"]) == (1, 1)


def test_a_meant_end_leaves_no_downtime(chromium: Browser) -> None:
    (outcome,) = travel(chromium, [
        *OPEN, ["end", {**OURS, "isClosed": True, "isClean": True, "code": 1000}], ["pass", 5_000],
        ["take", 0], *OPEN, ["take", 0],
    ])  # fmt: skip
    assert [period["downtime_ms"] for period in outcome["periods"]] == [0, 0]
    assert outcome["periods"][1]["reconnect_attempts"] == 0


def test_attempts_count_with_their_outcome(chromium: Browser) -> None:
    (outcome,) = travel(chromium, [
        ["attempt", 0], ["pass", 15_000], ["take", 0], ["conclude", "failed"], ["take", 0],
    ])  # fmt: skip
    assert [period["attempts"] for period in outcome["periods"]] == [0, 1]


def test_a_loss_not_made_good_within_an_hour_never_came_back(chromium: Browser) -> None:
    wait = [["pass", 15_000], ["take", 0]] * 250
    (outcome,) = travel(chromium, [*OPEN, ["pass", 500], ["end", RESET], *wait, *OPEN, ["take", 0]])
    periods = outcome["periods"]
    assert (total(periods, "lost"), total(periods, "never_back")) == (1, 1)
    assert total(periods, "downtime_ms") == 3_615_000 - 15_000 + 15_000
    assert total(periods, "reconnect_attempts") == 0


def test_the_period_of_an_undecided_end_is_shorter_than_an_hour(chromium: Browser) -> None:
    wait = [["pass", 15_000], ["take", 0]] * 250
    (outcome,) = travel(chromium, [*OPEN, ["pass", 500], ["end", OURS | RESET], *wait])
    assert max(period["lastedMs"] for period in outcome["periods"]) <= 3_600_000
    assert total(outcome["periods"], "downtime_ms") == 0


def test_downtime_of_a_hidden_page_is_apart(chromium: Browser) -> None:
    (outcome,) = travel(chromium, [
        *OPEN, ["end", RESET], ["pass", 2_000], ["turn", 0], ["pass", 3_000], ["take", 0],
    ])  # fmt: skip
    (period,) = outcome["periods"]
    assert (period["downtime_ms"], period["downtime_hidden_ms"]) == (5_000, 3_000)


def test_a_pause_longer_than_a_period_is_cut_to_it(chromium: Browser) -> None:
    (outcome,) = travel(chromium, [*OPEN, ["pass", 5_000], ["suspend", 9_000_000], ["take", 0]])
    (period,) = outcome["periods"]
    assert (period["suspended_ms"], period["lastedMs"]) == (3_595_000, 3_600_000)
