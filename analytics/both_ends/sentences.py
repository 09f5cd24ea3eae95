"""One connection in a sentence: what both ends saw, and where they disagree. Pure."""

from collections.abc import Iterator

from analytics.formatting.numbers import duration_text, plural
from models.both_ends.end_reading import ConnectionRow
from models.metrics.close_codes import LEFT, NO_END, UNKNOWN

from .agreement import EndsVerdict, ending_of, verdict_of

LOST = 1006
LEAST_DIFFERENCE_MS = 1000
CLOSERS = {
    "client": "closed by the page", "page": "closed by the page", "server": "closed by the server",
    "proxy": "closed by a proxy", "nobody": "without a close frame", LEFT: "page left",
}  # fmt: skip


def ending_text(ending: str) -> str:
    """`1000, closed by the page`; what was not told is said so."""
    if ending == NO_END:
        return "nothing told"
    if ending == UNKNOWN:
        return "a code it does not tell"
    if ending == LEFT:
        return "page left"
    code, by = ending_of(ending)
    return f"{code}, {CLOSERS[by]}" if by in CLOSERS else f"{code}"


def sentence_of(row: ConnectionRow) -> str:
    """How it ended for both, why they may disagree, and what else differs."""
    return " ".join((_ends(row), *_messages(row), *_times(row)))


def _ends(row: ConnectionRow) -> str:
    verdict = verdict_of(row.server, row.browser)
    if verdict is EndsVerdict.HALF:
        side, ending = ("browser", row.browser) if row.server == NO_END else ("server", row.server)
        return f"Only the {side} told its end: {ending_text(ending)}."
    both = f"The server counts {ending_text(row.server)}; the browser {ending_text(row.browser)}."
    if verdict is EndsVerdict.AGREE:
        return f"Both ends agree. {both}"
    if verdict is EndsVerdict.NOT_COMPARABLE:
        return f"The server's software does not tell its code. {both}"
    return f"{both} {_reason(row)}".strip()


def _reason(row: ConnectionRow) -> str:
    """What explains such a disagreement as a rule; nothing where no rule is known."""
    browser, server, own_code = row.browser_code, row.server_code, row.browser_own_code
    reasons = {
        "The page's close arrived; the server's answer did not come back to it.":
            browser == LOST and row.server_by == "client",
        "The server's close frame did not reach the browser.":
            browser == LOST and row.server_by == "server",
        "The page's close frame did not reach the server as one.":
            server == LOST and row.browser_by == "page",
        "Something between them closed in the server's name: a proxy, or its own software.":
            server == LOST and row.browser_by == "server",
        f"The page gave {server}, and the server answered with {browser}.":
            own_code is not None and own_code == server,
        "The server closed as the page was left.": row.browser == LEFT,
    }  # fmt: skip
    return next((text for text, holds in reasons.items() if holds), "")


def _messages(row: ConnectionRow) -> Iterator[str]:
    ways = (
        ("The server received", row.server_received, row.browser_sent, "the page sent"),
        ("The page received", row.browser_received, row.server_sent, "the server sent"),
    )
    for arrived, received, sent, left in ways:
        if received is not None and sent is not None and received != sent:
            yield f"{arrived} {received:,} of {plural(sent, 'message')} that {left}."


def _times(row: ConnectionRow) -> Iterator[str]:
    browser, server = row.browser_open_ms, row.server_open_ms
    if row.browser_ended_at is not None and browser is None and server is not None:
        yield "For the browser it never opened."
    if browser is not None and server is not None:
        difference = browser - server
        if abs(difference) >= LEAST_DIFFERENCE_MS:
            longer = "the browser" if difference > 0 else "the server"
            yield f"It lasted {duration_text(abs(difference))} longer for {longer}."
