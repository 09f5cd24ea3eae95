"""What is usual on the charts and under the cards of a page."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from analytics.anomalies.usual import SHARED, IncidentSpan, UsualRange, UsualValue
from analytics.formatting.numbers import count
from dashboard.charts.usual_range import NO_USUAL, Span
from dashboard.page import usual
from models.metrics.grid import Grid
from tests.support.clock import NOON
from tests.support.pages.page_services import page_services

HOUR = timedelta(hours=1)
STARTS = [NOON + HOUR * number for number in range(4)]
DROPS = ("client", "drops")
SPAN = IncidentSpan("client", "drops", 7, "high", STARTS[1], STARTS[2])


def a_range(*numbers: int) -> UsualRange:
    """A band of 10 at the steps of these numbers."""
    steps = {STARTS[number]: UsualValue(10.0, 8.0, 13.0) for number in numbers}
    return UsualRange(steps, UsualValue(40.0, 32.0, 52.0), [SPAN])


def test_a_band_has_a_gap_where_a_step_has_none() -> None:
    page = usual.PageUsual({DROPS: a_range(0, 1, 3)}, STARTS)
    lines = page.lines(*DROPS, factor=100)
    assert (lines.low, lines.high[0], lines.highest) == ([800, 800, None, 800], 1300, 1300)
    assert lines.spans == [Span(STARTS[1], STARTS[2], "high")]
    assert page.lines("client", "lost") is NO_USUAL


def test_short_steps_have_spans_alone() -> None:
    lines = usual.PageUsual({DROPS: a_range(0)}, STARTS, has_steps=False).lines(*DROPS)
    assert (lines.times, len(lines.spans)) == ((), 1)


def test_bars_add_up_their_steps_and_have_none_where_a_step_is_missing() -> None:
    page = usual.PageUsual({DROPS: a_range(0, 1, 3)}, STARTS)
    bars = page.of_bars(*DROPS, STARTS[::2], 7200)
    assert bars.times == ["2026-03-02 13:00:00", "2026-03-02 15:00:00"]
    assert bars.expected == [20, None]
    assert bars.low == [pytest.approx(20 - (2 * 2**2 + (SHARED * 4) ** 2) ** 0.5), None]
    assert bars.high == [pytest.approx(20 + (2 * 3**2 + (SHARED * 6) ** 2) ** 0.5), None]


def test_cards_say_what_is_usual_over_the_range_and_now() -> None:
    page = usual.PageUsual({DROPS: a_range(0, 3)}, STARTS)
    assert page.over_range(*DROPS, count) == "usual 32 to 52"
    assert page.over_range(*DROPS, count, 2) == "usual 16 to 26"
    assert page.at_end(*DROPS, count, NOON + 4 * HOUR) == "usual 8 to 13"
    assert page.at_end(*DROPS, count, NOON + 6 * HOUR) == ""
    assert page.over_range("client", "lost", count) == ""
    assert page.at_end("client", "lost", count, NOON) == ""
    any_share = UsualRange({STARTS[0]: UsualValue(0.9, 0.0, 1.0)}, UsualValue(0.9, 0.0, 0.9999))
    assert usual.PageUsual({DROPS: any_share}, STARTS).over_range(*DROPS, count) == ""


def test_steps_shorter_than_judged_ones_are_read_in_those() -> None:
    questions: list[Any] = []

    def record(*values: Any) -> dict[Any, Any]:
        questions.append(values)
        return {}

    services = page_services(anomalies=SimpleNamespace(reports=SimpleNamespace(usual=record)))
    minutes = Grid.uniform(NOON + timedelta(minutes=2), 60, 14)
    hour = Grid.uniform(NOON, 300, 12)
    assert not usual.read(services, [DROPS], minutes, {}).has_steps
    assert usual.read(services, [DROPS], hour, {"app": "portal"}).has_steps
    assert not usual.read(services, [DROPS], hour, {"country": "BR"}).has_steps
    edges = [values[1] for values in questions]
    assert edges[0] == [NOON + timedelta(minutes=minute) for minute in (0, 5, 10, 15, 20)]
    assert len(edges[1]) == 13
    assert edges[2] == [NOON, NOON + HOUR]
