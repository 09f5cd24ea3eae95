"""The strip of the client Overview, from summaries of known figures."""

import pytest
from msgspec.structs import replace

from analytics.reports.client_answers import counted
from analytics.stats.summaries import share_of
from dashboard.client.overview import cards
from dashboard.client.overview.data import OverviewData
from dashboard.core.numbers import THIN
from tests.support.pages.client_figures import (
    a_summary,
    an_empty_summary,
    connection,
    durations,
    overview_data,
)
from tests.support.pages.components import components_of, texts_of


def card_texts(page_data: OverviewData) -> dict[str, str]:
    """Value with unit, and note, by the label of the card."""
    strip = cards.layout(page_data)
    labels, notes = texts_of(strip, "card-label"), texts_of(strip, "card-note")
    figures = texts_of(strip, "card-figure")
    return {
        label: f"{figure} | {note}"
        for label, figure, note in zip(labels, figures, notes, strict=True)
    }


def test_each_card_states_its_figure_and_what_it_rests_on() -> None:
    assert card_texts(overview_data(a_summary())) == {
        "Sessions": "100 | 240 reports",
        "Connect success": "95.0% | 91.0 to 97.3",
        "Stability": "93.0% | 86.3 to 96.6",
        "Drops": "8 | 0.080 per session",
        "Round trip p95": "90ms | median 40 ms",
        "Recovery time p95": "12.0s | median 900 ms",
        "Disconnected sessions": "2 | of 50 sessions heard",
        "Silent sessions": "1 | of 50 sessions heard",
    }


def test_a_range_without_reports_has_dashes_and_says_what_is_missing() -> None:
    assert card_texts(overview_data(an_empty_summary())) == {
        "Sessions": "0 | none in this range",
        "Connect success": "– | no attempts in this range",
        "Stability": "– | no sessions in this range",
        "Drops": "– | no sessions in this range",
        "Round trip p95": "– | no round trips in this range",
        "Recovery time p95": "– | no reconnections in this range",
        "Disconnected sessions": "– | no session of monitor 2.0 heard",
        "Silent sessions": "– | no session of monitor 2.0 heard",
    }


@pytest.mark.parametrize(
    ("sessions_before", "note"),
    [(50, "+100 % against 50"), (200, "−50 % against 200"), (19, "before 19"), (0, "before 0")],
)
def test_sessions_are_compared_in_percent_only_with_enough_before(
    sessions_before: int, note: str
) -> None:
    page_data = overview_data(a_summary(), a_summary(sessions=sessions_before))
    assert card_texts(page_data)["Sessions"] == f"100 | {note}"


def test_every_card_has_its_n_for_the_hover_box() -> None:
    titles = [
        cell.title for cell in components_of(cards.layout(overview_data(a_summary())), "card-cell")
    ]
    assert titles[:6] == [
        "n = 100 sessions active in the range, 240 reports",
        "n = 200 attempts, 100 sessions, 95 % interval",
        "n = 100 sessions, 95 % interval",
        "n = 100 sessions",
        "n = 400 round trips, 100 sessions",
        "n = 6 reconnections, 100 sessions",
    ]
    assert all(title.startswith("n = 50 sessions in ten minutes: ") for title in titles[6:])


def test_a_figure_of_few_values_is_faint() -> None:
    few = a_summary(latency_ms=durations(29, 40.0, 90.0), recovery_ms=durations(30, 1.0, 2.0))
    figures = components_of(cards.layout(overview_data(few)), "card-figure")
    assert [("is-faint" in figure.className) for figure in figures[4:6]] == [True, False]


def test_a_change_for_the_worse_is_amber_and_a_large_change_red() -> None:
    before = a_summary(connect_success=share_of(1900, 2000, 2000))
    for opened, variant, text in (
        (1860, "warn", "2.0 pt worse"),
        (1700, "bad", "10.0 pt much worse"),
    ):
        now = a_summary(connect_success=share_of(opened, 2000, 2000))
        assert texts_of(cards.layout(overview_data(now, before)), f"tag-{variant}") == [text]


def test_a_figure_of_which_a_session_makes_more_than_20_percent_says_so_on_its_card() -> None:
    plain = a_summary()
    largest = a_summary(
        connect_success=replace(plain.connect_success, largest_session=0.34),
        latency_ms=replace(counted(plain.latency_ms), largest_session=0.205),
        connection=connection(drops_largest_session=0.5),
    )
    cells = components_of(cards.layout(overview_data(largest)), "card-cell")
    cautions = {
        texts_of(cell, "card-label")[0]: texts_of(cell, "card-caution")[0]
        for cell in cells
        if texts_of(cell, "card-caution")
    }
    assert cautions == {
        "Connect success": "one session makes 34.0 %",
        "Drops": "one session makes 50.0 %",
        "Round trip p95": "one session makes 20.5 %",
    }
    assert f"one session makes 34.0{THIN}%. n = 200" in getattr(cells[1], "aria-label")
    assert not components_of(cards.layout(overview_data(plain)), "card-caution")


def test_cards_say_that_sessions_were_not_compared() -> None:
    plain = a_summary()
    summary = a_summary(
        connect_success=replace(plain.connect_success, largest_session=0.34),
        not_counted={"largest_session": "It is kept for one filter at a time."},
    )
    cells = components_of(cards.layout(overview_data(summary)), "card-cell")
    labels = [
        texts_of(cell, "card-label")[0]
        for cell in cells
        if "largest session not counted" in getattr(cell, "aria-label")
    ]
    assert labels == ["Drops", "Round trip p95", "Recovery time p95"]
