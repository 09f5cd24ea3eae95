"""Whether both ends of a connection tell the same end. Pure.

An ending is a text as `models.both_ends.end_counts` has it: `1000/client`, `1006/nobody`, `left`.
"""

from enum import StrEnum
from typing import NamedTuple

from models.metrics.close_codes import LEFT, NO_END, UNKNOWN


class EndsVerdict(StrEnum):
    """`NOT_COMPARABLE`: the server's software does not tell its code. `HALF`: the other said
    nothing, or not yet."""

    AGREE = "agree"
    DISAGREE = "disagree"
    NOT_COMPARABLE = "not_comparable"
    HALF = "half"


class Ending(NamedTuple):
    """The close code and who closed first, each `None` where it is not told."""

    code: int | None
    by: str | None


def ending_of(text: str) -> Ending:
    """An ending's parts."""
    code, _, by = text.partition("/")
    if not code.isdigit():
        return Ending(None, LEFT if text == LEFT else None)
    return Ending(int(code), by or None)


def verdict_of(server: str, browser: str) -> EndsVerdict:
    """Both agree when they read the same code. A page that was left read none: that agrees with
    whatever was not the server's own close."""
    if NO_END in (server, browser):
        return EndsVerdict.HALF
    if server == UNKNOWN:
        return EndsVerdict.NOT_COMPARABLE
    server_end, browser_end = ending_of(server), ending_of(browser)
    is_same = server_end.by != "server" if browser == LEFT else server_end.code == browser_end.code
    return EndsVerdict.AGREE if is_same else EndsVerdict.DISAGREE
