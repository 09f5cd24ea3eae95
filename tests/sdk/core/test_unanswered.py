"""What was silent when a socket ended."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.support.sdk.modules import evaluate

BEAT = {"isBeat": True}


@pytest.mark.parametrize(
    ("asks", "heard_at", "promised_ms", "expected"),
    [
        ([], 0, None, (False, False, 0)),
        ([("m", 8_000, {})], 5_000, None, (False, True, 2_000)),
        ([("m", 9_500, {})], 5_000, None, (False, False, 0)),
        ([("m", 2_000, {})], 5_000, None, (False, False, 0)),
        ([("b", 2_000, BEAT)], 5_000, None, (True, False, 5_000)),
        ([("m", 6_000, {}), ("b", 7_000, BEAT)], 5_000, None, (True, True, 4_000)),
        ([("o", 8_000, {"isOptional": True})], 5_000, None, (False, False, 0)),
        ([], 5_000, 6_000, (False, False, 0)),
        ([], 5_000, 4_000, (False, False, 0)),
        ([], 5_000, 3_000, (True, False, 2_000)),
    ],
    ids=[
        "nothing",
        "message",
        "just sent",
        "heard since",
        "beat",
        "both",
        "optional",
        "promise",
        "just due",
        "overdue",
    ],
)
def test_silence_before_an_end(
    chromium: Browser,
    asks: list[tuple[str, int, dict[str, Any]]],
    heard_at: int,
    promised_ms: int | None,
    expected: tuple[bool, bool, int],
) -> None:
    facts = evaluate(
        chromium,
        ["core/unanswered"],
        """const unanswered = new Unanswered()
           const { asks, heardAt, promisedMs } = argument
           for (const [id, at, more] of asks) unanswered.add(id, { at, isBeat: false, ...more })
           return unanswered.silence(10000, heardAt, promisedMs ?? undefined)""",
        {"asks": asks, "heardAt": heard_at, "promisedMs": promised_ms},
    )
    assert (facts["hasSilentBeat"], facts["hasSilentMessage"], facts["silentMs"]) == expected


def test_an_answered_heartbeat_makes_those_before_it_good(chromium: Browser) -> None:
    assert evaluate(
        chromium,
        ["core/unanswered"],
        """const unanswered = new Unanswered()
           const beats = [['a', 1], ['b', 2], ['c', 3]]
           for (const [id, at] of beats) unanswered.add(id, { at, isBeat: true })
           unanswered.add('m', { at: 1, isBeat: false })
           unanswered.take('b')
           return [...unanswered.asks.keys()]""",
    ) == ["c", "m"]  # fmt: skip


def test_at_most_a_thousand_are_awaited(chromium: Browser) -> None:
    assert evaluate(
        chromium,
        ["core/unanswered"],
        """const unanswered = new Unanswered()
           for (let i = 0; i < 1005; i++) unanswered.add(i, { at: i })
           const [before, first] = [unanswered.take(4) === undefined, unanswered.take(5).at]
           return [unanswered.asks.size, before, first]""",
    ) == [999, True, 5]  # fmt: skip
