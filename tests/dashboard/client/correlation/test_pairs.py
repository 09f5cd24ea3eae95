"""What both views of a pair together allow to say."""

from dataclasses import replace

import pytest

from analytics.correlation.results import Disagreement, Pair, PairOverTime, PairPerSession, Strength
from dashboard.client.correlation.core.pairs import explained_text, headline, verdict_text
from tests.support.pages.correlation_figures import correlations, estimate, over_time, per_session

DROPS = correlations().pairs[2]  # of interactions
NO_HOURS = PairOverTime(n=3, left_out=0, reason="few hours")
NO_SESSIONS = PairPerSession(n=3, days=1, reason="few sessions")
CHANCE = replace(over_time(-0.47), strength=Strength.NONE)
TURNED = replace(per_session(-0.5, 0.2), disagreement=Disagreement.SIGN, explained_by="browser")
UNNAMED = replace(per_session(-0.5, -0.01), strength=Strength.NONE, explained_by=None)


def pair(hours: PairOverTime, sessions: PairPerSession, strength: Strength) -> Pair:
    return replace(DROPS, over_time=hours, per_session=sessions, strength=strength)


@pytest.mark.parametrize(
    ("drawn", "text"),
    [
        (DROPS, "When connections drop more often, people interact less. "
                "Hours and equal sessions agree."),
        (pair(CHANCE, DROPS.per_session, Strength.MODERATE),
         "When connections drop more often, people interact less. "
         "Only equal sessions say so beyond chance."),
        (pair(over_time(-0.47), NO_SESSIONS, Strength.MODERATE),
         "When connections drop more often, people interact less. "
         "Only one of the two views has enough data to say so."),
        (pair(CHANCE, NO_SESSIONS, Strength.NONE),
         "Drops per session-hour and interactions: no association beyond chance."),
        (pair(NO_HOURS, NO_SESSIONS, Strength.NONE), "Not enough data."),
        (pair(over_time(-0.47), TURNED, Strength.NONE),
         "Over all sessions it seems that when connections drop more often, people interact less. "
         "Equal sessions do not confirm it: explained by Browser."),
    ],
)  # fmt: skip
def test_a_headline_says_no_more_than_both_views(drawn: Pair, text: str) -> None:
    assert headline(drawn) == text


def test_a_verdict_says_where_equals_alone_show_a_relation() -> None:
    assert verdict_text(pair(DROPS.over_time, DROPS.per_session, Strength.WEAK)) == "weak"
    only_equals = pair(CHANCE, DROPS.per_session, Strength.WEAK)
    assert verdict_text(only_equals) == "weak among equals"
    assert verdict_text(pair(CHANCE, NO_SESSIONS, Strength.NONE)) == "no relation"


def test_a_disagreement_names_the_dimension_that_explains_it() -> None:
    assert explained_text(DROPS) == ""
    assert explained_text(pair(CHANCE, UNNAMED, Strength.NONE)) == "far weaker among equals"
    turned = replace(TURNED, explained_by=None, within=estimate(0.2))
    assert explained_text(pair(CHANCE, turned, Strength.NONE)) == "turned round among equals"
