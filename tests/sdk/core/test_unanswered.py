"""What was silent when a socket ended."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.support.sdk.modules import evaluate

BEAT = {"heartbeat": True}


@pytest.mark.parametrize(
    ("asks", "heard_at", "promised_ms", "expected"),
    [
        ([], 0, None, (False, False, 0)),
        ([("m", 8_000, {})], 5_000, None, (False, True, 2_000)),
        ([("m", 9_500, {})], 5_000, None, (False, False, 0)),
        ([("m", 2_000, {})], 5_000, None, (False, False, 0)),
        ([("b", 2_000, BEAT)], 5_000, None, (True, False, 5_000)),
        ([("m", 6_000, {}), ("b", 7_000, BEAT)], 5_000, None, (True, True, 4_000)),
        ([("o", 8_000, {"optional": True})], 5_000, None, (False, False, 0)),
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
        """const { asks, heardAt, promisedMs } = argument
           return silenceOf(asks.map(([, at, more]) => ({ at, ...more })), 10000, heardAt,
                            promisedMs ?? undefined)""",
        {"asks": asks, "heardAt": heard_at, "promisedMs": promised_ms},
    )
    assert (facts["hasSilentBeat"], facts["hasSilentMessage"], facts["silentMs"]) == expected


def test_an_answered_heartbeat_makes_those_before_it_good(chromium: Browser) -> None:
    assert evaluate(
        chromium,
        ["core/unanswered"],
        """const asks = new Map()
           const beats = [['a', 1], ['b', 2], ['c', 3]]
           for (const [id, at] of beats) addAsk(asks, id, { at, heartbeat: true })
           addAsk(asks, 'm', { at: 1 })
           takeAsk(asks, 'b')
           return [...asks.keys()]""",
    ) == ["c", "m"]  # fmt: skip


def test_at_most_a_thousand_are_awaited(chromium: Browser) -> None:
    assert evaluate(
        chromium,
        ["core/unanswered"],
        """const asks = new Map()
           for (let i = 0; i < 1005; i++) addAsk(asks, i, { at: i })
           const [before, first] = [takeAsk(asks, 4) === undefined, takeAsk(asks, 5).at]
           return [asks.size, before, first]""",
    ) == [999, True, 5]  # fmt: skip
