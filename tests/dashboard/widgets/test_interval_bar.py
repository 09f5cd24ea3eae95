"""Intervals drawn on a common scale."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from dashboard.widgets import interval_bar
from dashboard.widgets.interval_bar import scale_of
from tests.support.pages.components import components_of, texts_of

ENDS = st.lists(st.tuples(st.floats(0, 1e4), st.floats(0, 1e4)).map(sorted).map(tuple), max_size=9)


@settings(deadline=None)
@given(ENDS, st.sampled_from([None, 0.0]))
@example([(5e-324, 5e-324)], None)
def test_the_scale_holds_every_interval(
    ends: list[tuple[float, float]], starts_at: float | None
) -> None:
    scale = scale_of(ends, starts_at=starts_at)
    assert scale.low < scale.high
    for low, high in ends:
        assert scale.low <= low
        assert high <= scale.high
        assert 0 <= scale.position(low) <= scale.position(high) <= 100


def test_a_threshold_far_away_does_not_squeeze_the_rows() -> None:
    assert scale_of([(90.0, 100.0)], 200.0, starts_at=None).high < 110
    near = scale_of([(90.0, 150.0)], 200.0, starts_at=None)
    assert near.low < 90
    assert near.high > 200
    drawing = interval_bar.layout(120.0, (90.0, 150.0), near, "95 % interval 90 to 150")
    assert len(components_of(drawing, "interval-limit")) == 1
    head = interval_bar.head(near, "85", "204", "200")
    assert texts_of(head, "interval-limit-text") == ["200"]
    (limit,) = components_of(head, "interval-limit-text")
    assert limit.style["transform"] == f"translateX(-{limit.style['left']})"  # within its column


def test_an_unknown_interval_leaves_the_value() -> None:
    scale = scale_of([(90.0, 150.0)], starts_at=None)
    drawing = interval_bar.layout(120.0, None, scale, "interval not known")
    assert components_of(drawing, "interval-dot")
    assert not components_of(drawing, "interval-bar")
    assert not components_of(drawing, "is-hollow")
