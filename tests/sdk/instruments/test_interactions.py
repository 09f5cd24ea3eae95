"""Interaction to next paint: the 98th percentile of the page view's interactions."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.support.sdk.modules import evaluate


def percentile(chromium: Browser, count: int, entries: list[Any]) -> Any:
    return evaluate(
        chromium,
        ["instruments/interactions"],
        """const [count, entries] = argument
           let interactionCount = 7
           Object.defineProperty(performance, 'interactionCount', { get: () => interactionCount })
           const interactions = createInteractions()
           interactionCount += count
           const add = ([interactionId, duration]) => interactions.add({ interactionId, duration })
           entries.forEach(add)
           return interactions.percentile98() ?? null""",
        [count, entries],
    )


SLOW = [[7 * i, 10 * i] for i in range(1, 21)]


@pytest.mark.parametrize(
    ("count", "entries", "expected"),
    [
        (0, [], None),
        (1, [[7, 48], [7, 56], [0, 900]], 56),
        (49, SLOW, 200),
        (50, SLOW, 190),
        (100, SLOW, 180),
        (5_000, SLOW, 110),
        (5_000, [[7, 64]], 64),
    ],
    ids=["none", "one of several entries", "49", "50", "100", "only ten kept", "few were slow"],
)
def test_an_outlier_of_fifty_interactions_is_left_out(
    chromium: Browser, count: int, entries: list[Any], expected: int | None
) -> None:
    assert percentile(chromium, count, entries) == expected
