"""What the end of a socket was: each rule, in its order, at its edges."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.support.sdk.modules import evaluate

HOUR = 3_600_000
LATER = {"ms": 2_000, "visibleMs": 2_000}
OVER = {"ms": HOUR + 1, "visibleMs": HOUR + 1}
LEFT = {**LATER, "isLeaving": True}
RESET = {"isClosed": True, "isClean": False, "code": 1006}
OURS = {"isRequested": True}
CLEAN = {"isClosed": True, "isClean": True, "code": 1000}
THEIRS = {"isClosed": True, "isClean": True}

CASES: dict[str, tuple[dict[str, Any], dict[str, Any], str | None]] = {
    "returning": ({**RESET, "isReturning": True}, {"ms": 0, "visibleMs": 0}, "suspended"),
    "away since heard": ({**RESET, "isUnheard": True}, LATER, "suspended"),
    "away, beat silent": (OURS | {"isUnheard": True, "hasSilentBeat": True}, LATER, "suspended"),
    "away, ours not read yet": (OURS | {"isUnheard": True}, LATER, None),
    "away, but told by the server": (THEIRS | {"isUnheard": True, "code": 1012}, LATER,
                                     "ended_by_server"),
    "leaving within 1 s": (RESET, {"ms": 1_000, "visibleMs": 1_000, "isLeaving": True}, "meant"),
    "leaving later": (RESET, {"ms": 1_001, "visibleMs": 1_001, "isLeaving": True}, "lost"),
    "too early": (RESET, {"ms": 1_000, "visibleMs": 1_000}, None),
    "reset": (RESET, LATER, "lost"),
    "error without close": ({}, LATER, "lost"),
    "silent beat, page closes": (OURS | {"hasSilentBeat": True}, LATER, "lost"),
    "silent beat, closed clean": (OURS | CLEAN | {"hasSilentBeat": True}, LATER, "lost"),
    "silent message, closed clean": (OURS | CLEAN | {"hasSilentMessage": True}, LATER, "meant"),
    "silent message, not clean": (OURS | RESET | {"hasSilentMessage": True}, LATER, "lost"),
    "ours, no close read yet": (OURS | {"retriedMs": 5}, LATER, None),
    "ours, given up": (OURS | {"retriedMs": 5}, {"ms": 65_001, "visibleMs": 0}, "lost"),
    "ours, not clean, not retried": (OURS | RESET, LATER, None),
    "ours, not clean, never retried": (OURS | RESET, OVER, "meant"),
    "ours, not clean, left": (OURS | RESET, LEFT, "meant"),
    "ours, not clean, retried": (OURS | RESET | {"retriedMs": HOUR}, LATER, "lost"),
    "ours, clean": (OURS | CLEAN, LATER, "meant"),
    "ours, clean, others open": (OURS | CLEAN | {"hadOthers": True}, LATER, "replaced"),
    "ours, clean, retried": (OURS | CLEAN | {"retriedMs": 1_000}, LATER, "replaced"),
    "ours, clean, retried late": (OURS | CLEAN | {"retriedMs": 1_001}, LATER, "meant"),
    "server restart": (THEIRS | {"code": 1012}, LATER, "ended_by_server"),
    "normal, too early": (THEIRS | {"code": 1000}, LATER, None),
    "normal, retried": (THEIRS | {"code": 1005, "retriedVisibleMs": 60_000}, LATER,
                        "ended_by_server"),
    "normal, retried late": (THEIRS | {"code": 1001, "retriedVisibleMs": 60_001},
                             {"ms": HOUR, "visibleMs": 60_001}, "meant"),
    "normal, hidden for long": (THEIRS | {"code": 1000}, {"ms": HOUR, "visibleMs": 60_000}, None),
    "normal, left": (THEIRS | {"code": 1000}, LEFT, "meant"),
    "illegal code, clean in Firefox": (THEIRS | {"code": 1006}, LATER, "ended_by_server"),
    "frame removed": ({"isDetached": True}, {"ms": 0, "visibleMs": 0}, "meant"),
}  # fmt: skip


@pytest.fixture(scope="module")
def kinds(chromium: Browser) -> dict[str, str | None]:
    """The kind of each case."""
    pairs = [[facts, moment] for facts, moment, _ in CASES.values()]
    script = "return argument.map(([end, moment]) => kindOf(end, moment) ?? null)"
    return dict(zip(CASES, evaluate(chromium, ["core/ends"], script, pairs), strict=True))


@pytest.mark.parametrize("case", CASES)
def test_an_end_is_judged_by_what_happened(kinds: dict[str, str | None], case: str) -> None:
    assert kinds[case] == CASES[case][2]


def test_only_lost_and_ended_by_the_server_are_drops(chromium: Browser) -> None:
    kinds = ["suspended", "meant", "lost", "replaced", "ended_by_server"]
    drops = evaluate(chromium, ["core/ends"], "return argument.filter(isDrop)", kinds)
    assert drops == ["lost", "ended_by_server"]
