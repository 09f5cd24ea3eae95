"""What was not counted for a selection is named with its reason, never drawn as zero."""

from typing import Any

import pytest

from analytics.reports.client_answers import Summary
from dashboard.client.overview import cards, drops, round_trip, sentence, shares
from dashboard.widgets.card import NOT_COUNTED
from tests.support.pages.client_figures import a_summary, connection, overview_data
from tests.support.pages.components import text_of

REASON = "Kept as daily counts only. Choose 48 hours or less."
FIELDS = (
    "latency_ms", "setup_ms", "recovery_ms", "ux.page_load_ms", "connection.close_codes",
    "connection.recovered_within_5_s", "network",
)  # fmt: skip


def summary(**fields: Any) -> Summary:
    """Counts alone, as of several filters over more than two days."""
    defaults: dict[str, Any] = {
        "latency_ms": None, "setup_ms": None, "recovery_ms": None, "network": None, "series": [],
        "connection": connection(close_codes=None, recovered_within_5_s=None),
        "not_counted": dict.fromkeys(FIELDS, REASON),
    }  # fmt: skip
    return a_summary(**(defaults | fields))


def without_sessions() -> Summary:
    """Whose sessions are not counted either."""
    reasons = dict.fromkeys((*FIELDS, "sessions", "abnormal_sessions", "stability"), REASON)
    return summary(sessions=None, abnormal_sessions=None, stability=None, not_counted=reasons)


@pytest.mark.parametrize(
    "draw",
    [round_trip.draw, shares.draw_closes, shares.draw_networks],
    ids=lambda draw: draw.__name__,
)
def test_a_panel_without_figures_says_why(draw: Any) -> None:
    content = draw(overview_data(summary()))
    assert content.not_counted == REASON


def test_drops_are_counted_and_times_to_reconnect_are_not() -> None:
    content = drops.draw(overview_data(summary()))
    words = text_of(content.body)
    assert f"Times to reconnect are not counted. {REASON}" in words
    assert "Within" not in words
    assert not content.not_counted
    assert ["Reconnected within 5 s", None, ""] in content.table.rows


def test_cards_have_a_dash_and_the_sentence_names_what_is_missing() -> None:
    page_data = overview_data(without_sessions(), before=a_summary())
    words = [text_of(cell) for cell in cards.layout(page_data)]
    for index in (0, 2, 4, 5):
        assert NOT_COUNTED in words[index], words[index]
    assert "sessions not counted" in words[3]
    assert "round trips are not counted" in text_of(sentence.layout(page_data))
