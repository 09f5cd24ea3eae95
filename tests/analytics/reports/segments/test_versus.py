"""Two segments side by side: their difference is that of their figures, with all others too."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.reports.segments.compared import compared
from analytics.reports.segments.figures import FIGURES
from analytics.reports.segments.versus import side_by_side
from tests.support.store.segment_factory import people, segments


@settings(deadline=None)  # a busy machine is slow
@given(st.integers(0, 90), st.integers(0, 90))
def test_a_difference_turned_round_is_its_opposite(first: int, second: int) -> None:
    comparison = compared(
        segments(
            ({"release": "1"}, people(90, dropped=first)),
            ({"release": "2"}, people(90, dropped=second)),
        )
    )
    own = side_by_side(comparison, 0, 1).differences["stability"]
    turned = side_by_side(comparison, 1, 0).differences["stability"]
    assert own.value[0] == -turned.value[0] == pytest.approx((second - first) / 90)
    assert own.low[0] == pytest.approx(-turned.high[0])
    assert own.low[0] <= own.value[0] <= own.high[0]


def test_all_others_are_what_the_comparison_has() -> None:
    comparison = compared(
        segments(
            ({"release": "1"}, people(90, dropped=9, latency_ms=80)),
            ({"release": "2"}, people(50)),
            ({"release": "3"}, people(60, failed=6)),
        )
    )
    both = side_by_side(comparison, 0)
    assert (both.first.sessions, both.second.sessions) == (90, 110)
    assert not both.second.is_small
    for key in FIGURES:
        own, others = both.differences[key], comparison.from_others[key]
        assert own.value[0] == others.value[0], key
