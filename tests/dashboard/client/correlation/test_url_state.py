"""The view of correlations in its URL, and the controls that lead to others."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.client.correlation import controls
from dashboard.client.correlation.core.url_state import (
    BY_HOURS,
    BY_SESSIONS,
    PAIR_KEYS,
    CorrelationView,
)
from dashboard.client.correlation.page import TAB
from tests.support.pages.components import links_of

DEFAULT = CorrelationView(preset="30d", default_preset="30d")


@given(st.sampled_from(sorted(PAIR_KEYS)), st.sampled_from([BY_HOURS, BY_SESSIONS]))
def test_an_address_read_back_is_the_same_view(pair: str, by: str) -> None:
    filters = {"app": "portal", "country": "BR"}
    view = replace(DEFAULT, pair=pair, by=by, filters=filters)
    assert TAB.view(view.search()) == view


@pytest.mark.parametrize("text", ["", "drops_per_hour", "inp_ms~drops_per_hour", "~", "%00", "<b>"])
def test_a_pair_that_is_not_there_counts_as_none(text: str) -> None:
    view = TAB.view(f"?pair={text}&by={text}&app=portal")
    assert (view.pair, view.by, view.filters) == ("", BY_HOURS, {"app": "portal"})


def test_the_control_keeps_pair_and_filters() -> None:
    view = replace(DEFAULT, pair="drops_per_hour~inp_ms", filters={"app": "portal"})
    hrefs = links_of(controls.layout(view))
    assert TAB.view(hrefs["Among equal sessions"]) == TAB.view(view.made_by(BY_SESSIONS))
    assert TAB.view(hrefs["Over time"]).pair == view.pair
