"""Handshake times without the browser's queue."""

from playwright.sync_api import Browser

from tests.support.sdk.modules import evaluate

QUEUE = """
    const attempts = new Map()
    const begin = createHandshakes(attempts)
    const [a, b, c] = [0, 0, 50].map(at => begin('host', at))
    const other = begin('other', 0)
    const times = [[a, 300], [other, 310], [b, 620], [c, 900]].map(([end, at]) => end(at))
    return [...times, attempts.size, begin('host', 1000)(1020)]
"""


def test_sockets_to_a_host_wait_for_those_before_them(chromium: Browser) -> None:
    assert evaluate(chromium, ["core/handshakes"], QUEUE) == [300, 310, 320, 280, 0, 20]


def test_a_browser_that_connects_at_once_does_not_wait(chromium: Browser) -> None:
    script = """
        const begin = createHandshakes()
        const [endSlow, endFast] = [0, 10].map(at => begin('host', at))
        return [endFast(100), endSlow(400)]
    """
    assert evaluate(chromium, ["core/handshakes"], script) == [90, 400]
