"""What was not counted for a selection is named with its reason, never drawn as zero."""

from typing import Any

import pytest

from analytics.reports.client_answers import Summary
from dashboard.client.overview import (
    cards,
    closes,
    drops,
    protocols,
    round_trip,
    sentence,
    shares,
)
from dashboard.page.data import RULE_MARK
from dashboard.widgets.card import NOT_COUNTED
from tests.support.clock import NOON
from tests.support.pages.client_figures import (
    HOUR,
    a_summary,
    an_empty_summary,
    connection,
    overview_data,
)
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
    [round_trip.draw, closes.draw, protocols.draw, shares.draw_networks],
    ids=lambda draw: draw.__module__,
)
def test_a_panel_without_figures_says_why(draw: Any) -> None:
    content = draw(overview_data(summary()))
    assert content.not_counted == REASON


def test_drops_are_counted_and_times_to_reconnect_are_not() -> None:
    content = drops.draw(overview_data(summary()))
    texts = text_of(content.body)
    assert f"Times to reconnect are not counted. {REASON}" in texts
    assert "Within" not in texts
    assert not content.not_counted
    assert ["Reconnected within 5 s", None, ""] in content.table.rows


def test_cards_have_a_dash_and_the_sentence_names_what_is_missing() -> None:
    page_data = overview_data(without_sessions(), before=a_summary())
    texts = [text_of(cell) for cell in cards.layout(page_data)]
    for index in (0, 2, 4, 5):
        assert NOT_COUNTED in texts[index], texts[index]
    assert "sessions not counted" in texts[3]
    assert "round trips are not counted" in text_of(sentence.layout(page_data))


def test_kinds_of_old_reports_are_not_counted_and_mixed_ones_say_so() -> None:
    kinds = dict.fromkeys(("lost", "ended_by_server", "replaced", "never_back"))
    reasons = {"connection.lost": REASON}
    content = drops.draw(
        overview_data(a_summary(connection=connection(**kinds), not_counted=reasons))
    )
    assert f"Kinds of drops: {REASON}" in text_of(content.body)
    assert "Never came back" not in text_of(content.body)
    assert ["Lost", None, ""] in content.table.rows
    mixed = drops.draw(overview_data(a_summary(not_counted=reasons)))
    assert f"Kinds of drops: {REASON}" in text_of(mixed.body)
    assert "Never came back" in text_of(mixed.body)


def test_a_comparison_with_another_rule_says_so() -> None:
    page_data = overview_data(a_summary(), before=a_summary(judged_reports=0))
    assert page_data.has_other_rule_before
    assert "counted drops by another rule" in page_data.comparison_note
    texts = [text_of(cell) for cell in cards.layout(page_data)]
    for index in (3, 5):
        assert "before by another rule" in texts[index]
    assert "Drops are not compared" in text_of(sentence.layout(page_data))
    assert "before" not in texts[2]


def test_the_beginning_of_the_rule_is_marked() -> None:
    page_data = overview_data(a_summary(judged_from=NOON - HOUR))
    assert [title for _, title in page_data.marks] == [RULE_MARK]


def test_without_a_session_of_the_monitor_its_state_is_unknown() -> None:
    texts = [text_of(cell) for cell in cards.layout(overview_data(an_empty_summary()))]
    assert "no session of monitor 2.0 heard" in texts[6]
    assert "1of 50 sessions heard" in text_of(cards.layout(overview_data(a_summary()))[7])
