"""Charts whose axes are no time: their layout, and what their picture says beside them."""

from dashboard.charts import value_axes
from dashboard.charts.value_axes import LETTERS, ValueAxis

AXIS = ValueAxis(low=-1, high=1, ticks=[(-1, "low"), (0, "usual"), (1, "high")])
MARGIN = {"l": 50, "r": 10, "t": 10, "b": 30}


def test_a_layout_has_its_ticks_and_no_zoom() -> None:
    layout = value_axes.layout(AXIS, AXIS, MARGIN)
    assert layout["meta"]["ticks"] == [[-1, "low"], [0, "usual"], [1, "high"]]
    assert layout["dragmode"] is False
    assert layout["yaxis"]["ticktext"] == ["low", "usual", "high"]


def test_the_pointer_snaps_to_a_point_for_each_row() -> None:
    anchor = value_axes.anchor([1.0, 2.0], [3.0, 4.0])
    assert (anchor["name"], anchor["x"], anchor["y"]) == ("anchor", [1.0, 2.0], [3.0, 4.0])


def test_a_line_crosses_the_chart_at_its_value() -> None:
    across, upright = (
        value_axes.line_at(0.7, "--ink"),
        value_axes.line_at(0.7, "--ink", is_upright=True),
    )
    assert (across["y0"], across["y1"], across["xref"]) == (0.7, 0.7, "paper")
    assert (upright["x0"], upright["x1"], upright["yref"]) == (0.7, 0.7, "paper")


def test_a_picture_has_the_caption_below_and_the_page_does_not() -> None:
    figure = {"data": [], "layout": value_axes.layout(AXIS, AXIS, MARGIN)}
    text = "Associated with. " * 9
    drawn = value_axes.with_caption(figure, text, t=70)
    picture = drawn["layout"]["meta"]["png"]
    lines = picture["annotations"][-1]["text"].split("<br>")
    assert " ".join(lines) == text.strip()
    assert max(map(len, lines)) <= LETTERS
    assert picture["margin"]["t"] == 70
    assert picture["margin"]["b"] > MARGIN["b"] + 3 * value_axes.LINE
    assert (drawn["layout"]["margin"], drawn["layout"]["annotations"]) == (MARGIN, [])
