"""The rules of an interruption, on records written by hand."""

from typing import Any

import pytest

from tests.support.matrix import truth
from tests.support.matrix.figures import Figures, differences, of_reports

END = 100_000.0


def record(*moments: tuple[float, int, str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Events of sockets, and the end of the page."""
    events = [{"at": at, "socket": s, "type": kind, **more} for at, s, kind, more in moments]
    return [*events, {"at": END, "type": "pagehide", "persisted": False}]


def opened(number: int, at: float) -> list[tuple[float, int, str, dict[str, Any]]]:
    return [(at - 10, number, "attempt", {}), (at, number, "open", {})]


def closed(
    number: int, at: float, code: int, clean: bool
) -> tuple[float, int, str, dict[str, Any]]:
    return (at, number, "close", {"code": code, "clean": clean})


def kinds(events: list[dict[str, Any]], stalls: list[list[float]] | None = None) -> dict[str, Any]:
    figures = truth.of_view(events, stalls or [])
    names = ("lost", "ended_by_server", "replaced", "never_back", "downtime_ms", "open_ms")
    return {name: getattr(figures, name) for name in names if getattr(figures, name)}


def test_a_reset_is_lost_and_its_downtime_ends_with_the_next_open() -> None:
    events = record(*opened(0, 1000), closed(0, 5000, 1006, False), *opened(1, 7000))
    assert kinds(events) == {"lost": 1, "downtime_ms": 2000, "open_ms": 4000 + END - 7000}


def test_a_close_by_the_page_while_nothing_passes_is_lost_when_it_is_called() -> None:
    closing = (5000.0, 0, "closing", {"code": 1000})
    events = record(*opened(0, 1000), closing, *opened(1, 6000), closed(0, 65_000, 1006, False))
    assert kinds(events, [[3000, 70_000]])["downtime_ms"] == 1000
    assert kinds(events, [[3000, 70_000]])["lost"] == 1


@pytest.mark.parametrize(
    ("code", "returns", "expected"),
    [(1000, 10_000, 1), (1012, 10_000, 1), (1000, None, 0), (1005, None, 0), (1012, None, 1)],
)
def test_a_close_by_the_server(code: int, returns: float | None, expected: int) -> None:
    again = opened(1, returns) if returns else []
    events = record(*opened(0, 1000), closed(0, 9000, code, True), *again)
    assert kinds(events).get("ended_by_server", 0) == expected


def test_a_clean_close_by_the_page_followed_at_once_is_replaced_else_meant() -> None:
    closing = (5000.0, 0, "closing", {"code": 1000})
    first = [*opened(0, 1000), closing, closed(0, 5010, 1000, True)]
    assert kinds(record(*first, *opened(1, 5200))) == {"replaced": 1, "open_ms": 4000 + END - 5200}
    assert kinds(record(*first, *opened(1, 9000))) == {"open_ms": 4000 + END - 9000}


def test_a_frozen_page_lost_nothing_and_was_not_open() -> None:
    page = [{"at": 2000.0, "type": "pagehide", "persisted": True},
            {"at": 9000.0, "type": "pageshow", "persisted": True}]  # fmt: skip
    events = record(*opened(0, 1000), closed(0, 9100, 1006, False))
    ordered = sorted([*events, *page], key=lambda event: event["at"])
    assert kinds(ordered) == {"open_ms": 1000 + 100}


def test_a_failed_and_an_abandoned_attempt_are_no_drops() -> None:
    events = record(
        (10, 0, "attempt", {}), (20, 0, "error", {}), (30, 1, "attempt", {}),
        (40, 1, "closing", {"code": 1000}), (41, 1, "error", {}),
    )  # fmt: skip
    figures = truth.of_view(events, [])
    assert (figures.attempts, figures.failed, figures.abandoned, figures.drops) == (2, 1, 1, 0)


def test_reports_of_an_older_monitor_leave_kinds_uncounted() -> None:
    connection = {"attempts": 1, "opened": 1, "failed": 0, "drops": 1, "recovery_ms": [100]}
    figures = of_reports([{"connection": connection}, {"connection": connection}])
    assert (figures.drops, figures.lost, figures.recovery_ms) == (2, None, [100, 100])


def test_every_wrong_figure_is_a_line() -> None:
    true = Figures(drops=1, recovery_ms=[100, 900], downtime_ms=1000, round_trips_ms=[5, 40])
    reported = Figures(drops=0, recovery_ms=[340, 1160], downtime_ms=1250, round_trips_ms=[3])
    assert differences(true, reported) == [
        "drops: 0 instead of 1",
        "recovery_ms: [340, 1160] instead of [100, 900]",
        "round trips missing: 1 of 2",
    ]
