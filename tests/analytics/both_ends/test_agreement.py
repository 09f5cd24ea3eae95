"""When both ends agree, and the sentence of one connection."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from analytics.both_ends.agreement import EndsVerdict, verdict_of
from analytics.both_ends.responses import story_of
from analytics.both_ends.sentences import ending_text, sentence_of
from models.both_ends.end_reading import ConnectionRow
from tests.support.clock import NOON


@pytest.mark.parametrize(
    ("server", "browser", "verdict"),
    [
        ("1000/client", "1000/page", EndsVerdict.AGREE),
        ("1012/server", "1012/server", EndsVerdict.AGREE),
        ("1006/nobody", "1006/page", EndsVerdict.AGREE),
        ("1000", "1000/server", EndsVerdict.AGREE),
        ("1001/client", "left", EndsVerdict.AGREE),
        ("1006/nobody", "left", EndsVerdict.AGREE),
        ("1012/server", "left", EndsVerdict.DISAGREE),
        ("1000/client", "1006/nobody", EndsVerdict.DISAGREE),
        ("4002/client", "1000/page", EndsVerdict.DISAGREE),
        ("unknown", "1000/page", EndsVerdict.NOT_COMPARABLE),
        ("unknown", "none", EndsVerdict.HALF),
        ("none", "left", EndsVerdict.HALF),
    ],
)
def test_both_agree_when_they_read_the_same_code(
    server: str, browser: str, verdict: EndsVerdict
) -> None:
    assert verdict_of(server, browser) is verdict


def row(server: str = "1000/client", browser: str = "1000/page", **changes: Any) -> ConnectionRow:
    server_parts, browser_parts = (ending.partition("/") for ending in (server, browser))
    fields: dict[str, Any] = {
        "app": "portal", "connection_id": UUID(int=1), "ended_at": NOON, "server": server,
        "browser": browser, "browser_ended_at": NOON, "browser_open_ms": 5000,
        "browser_code": int(browser_parts[0]) if browser_parts[0].isdigit() else None,
        "browser_by": browser_parts[2] or browser, "browser_own_code": None, "browser_sent": 3,
        "browser_received": 2, "session_id": UUID(int=2), "endpoint": "/ws",
        "server_ended_at": NOON + timedelta(seconds=1), "server_open_ms": 4900,
        "server_code": int(server_parts[0]) if server_parts[0].isdigit() else None,
        "server_by": server_parts[2] or None,
        "server_error": None, "server_sent": 2, "server_received": 3, "service": "chat",
    }  # fmt: skip
    return ConnectionRow(**{**fields, **changes})


@pytest.mark.parametrize(
    ("connection", "text"),
    [
        (row(), "Both ends agree. The server counts 1000, closed by the page"),
        (row(browser="1006/nobody"), "the server's answer did not come back"),
        (row("1012/server", "1006/nobody"), "close frame did not reach the browser"),
        (row("1006/nobody", "1000/page"), "did not reach the server"),
        (row("1006/nobody", "1001/server"), "a proxy"),
        (
            row("4002/client", "1000/page", browser_own_code=4002),
            "gave 4002, and the server",
        ),
        (row("1012/server", "left"), "as the page was left"),
        (row("unknown"), "does not tell its code"),
        (row("none", server_ended_at=None), "Only the browser told its end: 1000"),
        (row(browser="none", browser_ended_at=None), "Only the server told its end"),
        (row(server_received=1), "The server received 1 of 3 messages that the page sent."),
        (row(browser_received=0), "The page received 0 of 2 messages that the server sent."),
        (row(browser_open_ms=25_000), "longer for the browser"),
        (row(server_open_ms=25_000), "longer for the server"),
        (row(browser_open_ms=None), "For the browser it never opened."),
        (row("4000/client", "4001/page"), "the browser 4001, closed by the page."),
    ],
)
def test_a_connection_in_a_sentence(connection: ConnectionRow, text: str) -> None:
    assert text in sentence_of(connection)


def test_a_silent_side_is_null() -> None:
    story = story_of(row("none", server_ended_at=None))
    assert (story.server, story.verdict) == (None, EndsVerdict.HALF)
    assert story.browser is not None
    assert (story.browser.code, story.browser.endpoint) == (1000, "/ws")
    assert story_of(row(browser="none", browser_ended_at=None)).browser is None


def test_endings_as_text() -> None:
    assert [ending_text(each) for each in ("1000", "none", "unknown", "left", "1001/proxy")] == [
        "1000", "nothing told", "a code it does not tell", "page left", "1001, closed by a proxy",
    ]  # fmt: skip
