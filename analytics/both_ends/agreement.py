"""Whether both ends of a connection tell the same end. Pure.

An ending is a text as `models.both_ends.end_counts` has it: `1000/client`, `1006/nobody`, `left`.
"""

from enum import StrEnum
from typing import NamedTuple

NONE, UNKNOWN, LEFT = "none", "unknown", "left"


class Verdict(StrEnum):
    """`NOT_COMPARABLE`: the server's software does not tell its code. `ONE_END`: the other said
    nothing, or not yet."""

    AGREE = "agree"
    DISAGREE = "disagree"
    NOT_COMPARABLE = "not_comparable"
    ONE_END = "one_end"


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


def verdict_of(server: str, browser: str) -> Verdict:
    """Both agree when they read the same code. A page that was left read none: that agrees with
    whatever was not the server's own close."""
    if NONE in (server, browser):
        return Verdict.ONE_END
    if server == UNKNOWN:
        return Verdict.NOT_COMPARABLE
    told, read = ending_of(server), ending_of(browser)
    is_same = told.by != "server" if browser == LEFT else told.code == read.code
    return Verdict.AGREE if is_same else Verdict.DISAGREE
