"""100,000 messages leave nothing growing in the page, whether they are answered or not."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, CDPSession, Page

from ingest.site import sdk
from scripts.bench.monitor import FRAMES, SOCKET

FIRST, ALL = 20_000, 100_000
# What an engine keeps of its own, such as code it compiled while the messages went on, and what
# the period's bounded lists hold; a reference kept for each message would be several megabytes.
GROWTH_BYTES = 150_000
TALK = """([path, protocol, question, answer, first, count]) => {
  window.socket ??= new WebSocket('ws://127.0.0.1' + path, protocol)
  if (!first) window.socket.dispatchEvent(new Event('open'))
  for (let i = first; i < first + count; i++) {
    window.socket.send(question.replace('{id}', i))
    const data = answer?.replace('{id}', i)
    if (data) window.socket.dispatchEvent(new MessageEvent('message', { data }))
  }
}"""


@pytest.fixture
def talking(chromium: Browser) -> Iterator[Page]:
    """A page with the monitor whose sockets need no network."""
    page = chromium.new_page()
    page.route(
        "**/*", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html")
    )
    page.goto("http://127.0.0.1/")
    page.add_script_tag(content=SOCKET)
    page.add_script_tag(content=sdk.script())
    page.evaluate("() => { new WebSocketClientMonitor({ app: 'memory' }).install() }")
    yield page
    page.close()


@pytest.mark.parametrize(
    ("protocol", "is_answered"),
    [
        ("unrecognised", True),
        ("socket.io", False),
        *(pytest.param(name, True, marks=pytest.mark.deep) for name in FRAMES),
        *(pytest.param(name, False, marks=pytest.mark.deep) for name in FRAMES),
    ],
)
def test_messages_leave_no_growing_memory(
    talking: Page, protocol: str, *, is_answered: bool
) -> None:
    path, subprotocol, *texts = FRAMES[protocol]
    question, response = (text.replace("{{", "{").replace("}}", "}") for text in texts)
    frames = [path, subprotocol, question, response if is_answered else None]
    session = talking.context.new_cdp_session(talking)
    talking.evaluate(TALK, [*frames, 0, FIRST])
    before = used_bytes(session)
    talking.evaluate(TALK, [*frames, FIRST, ALL - FIRST])
    assert used_bytes(session) - before < GROWTH_BYTES


def used_bytes(session: CDPSession) -> int:
    """The heap of the page after a collection, in bytes."""
    session.send("HeapProfiler.collectGarbage")
    used: int = session.send("Runtime.getHeapUsage")["usedSize"]
    return used
