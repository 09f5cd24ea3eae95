"""Handshake times without the browser's queue."""

from playwright.sync_api import Browser

from tests.support.sdk.modules import evaluate

QUEUE = """
    const handshakes = new Handshakes()
    const [a, b, c] = [0, 0, 50].map(at => handshakes.begin('host', at))
    const other = handshakes.begin('other', 0)
    const times = [[a, 300], [other, 310], [b, 620], [c, 900]].map(([attempt, at]) =>
      handshakes.end(attempt, at))
    const next = handshakes.end(handshakes.begin('host', 1000), 1020)
    return [...times, handshakes.attempts.size, next]
"""


def test_sockets_to_a_host_wait_for_those_before_them(chromium: Browser) -> None:
    assert evaluate(chromium, ["core/handshakes"], QUEUE) == [300, 310, 320, 280, 0, 20]


def test_a_browser_that_connects_at_once_does_not_wait(chromium: Browser) -> None:
    script = """
        const handshakes = new Handshakes()
        const [slow, fast] = [0, 10].map(at => handshakes.begin('host', at))
        return [handshakes.end(fast, 100), handshakes.end(slow, 400)]
    """
    assert evaluate(chromium, ["core/handshakes"], script) == [90, 400]
