"""What a screen shows: tabs of large figures, as text that is ready to be read from far away."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

from analytics.formatting import numbers
from analytics.stats.estimates import Durations, Share

Status = Literal["", "warn", "bad"]


class WallCard(msgspec.Struct, frozen=True, kw_only=True):
    """One figure with its unit, what it is of (`note`, with its n), and its course: values of equal
    steps, `None` where there was nothing."""

    label: str
    value: str
    unit: str = ""
    note: str = ""
    status: Status = ""
    course: list[float | None] = []


class WallAlert(msgspec.Struct, frozen=True, kw_only=True):
    """An alert that fires; `acknowledged_by` is empty while nobody takes care."""

    rule: str
    labels: dict[str, str]
    severity: str
    since: datetime
    n: int
    acknowledged_by: str


class WallTab(msgspec.Struct, frozen=True, kw_only=True):
    """A tab: `sentence` says what its figures are of, or why there are none."""

    name: str
    title: str
    sentence: str
    cards: list[WallCard] = []
    alerts: list[WallAlert] = []


class WallFigures(msgspec.Struct, frozen=True, kw_only=True):
    """All tabs of a link at one moment, each displayed for `tab_seconds`."""

    at: datetime
    name: str
    tab_seconds: int
    expires_at: datetime
    tabs: list[WallTab]


def share_card(
    label: str, share: Share | None, of: str, least: float, course: Sequence[float | None] = ()
) -> WallCard:
    """A share of things called `of`; bad below `least`."""
    if share is None or share.value is None:
        return WallCard(label=label, value=numbers.DASH, note=f"no {of}")
    note = numbers.in_sessions(f"{numbers.count(share.n)} {of}", share.sessions)
    status: Status = "bad" if share.value < least else ""
    return WallCard(
        label=label, value=numbers.percent(share.value), unit="%", note=note, status=status,
        course=[*course],
    )  # fmt: skip


def duration_card(
    label: str,
    durations: Durations | None,
    most_ms: float | None = None,
    course: Sequence[float | None] = (),
) -> WallCard:
    """The p95 of durations; bad above `most_ms`."""
    if durations is None or durations.p95 is None:
        return WallCard(label=label, value=numbers.DASH, note="none measured")
    value, unit = numbers.duration(durations.p95)
    status: Status = "bad" if most_ms is not None and durations.p95 > most_ms else ""
    note = f"median {numbers.duration_text(durations.p50)}, n = {numbers.count(durations.n)}"
    return WallCard(label=label, value=value, unit=unit, note=note, status=status, course=[*course])


def count_card(
    label: str, value: float, note: str, course: Sequence[float | None] = (), status: Status = ""
) -> WallCard:
    """A number of things."""
    return WallCard(
        label=label, value=numbers.count(value), note=note, status=status, course=[*course]
    )
