"""The classes of the map: quantiles of what is drawn, rounded to what the legend says."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.client.geographic.core import classes

VALUES = st.lists(st.floats(0.1, 1e5), min_size=1, max_size=80)


@settings(deadline=None)
@given(VALUES, st.sampled_from([0.001, 1.0]))
def test_every_value_is_in_a_class_and_no_class_is_empty(
    values: list[float], least_step: float
) -> None:
    scale = classes.of_values(values, least_step)
    assert sum(scale.counts(values)) == len(values)
    assert min(scale.counts(values)) > 0
    assert len(scale.colors) == len(scale.bounds) + 1 <= classes.MOST_CLASSES
    assert list(scale.bounds) == sorted(set(scale.bounds))


@settings(deadline=None)
@given(VALUES)
def test_a_larger_value_is_never_in_a_lower_class(values: list[float]) -> None:
    scale = classes.of_values(values, 1.0)
    numbers = [scale.number(value) for value in sorted(values)]
    assert numbers == sorted(numbers)


def test_bounds_are_round_and_classes_about_equally_full() -> None:
    values = [20.0 + 7 * number for number in range(42)]
    scale = classes.of_values(values, 1.0)
    assert all(bound % 10 == 0 for bound in scale.bounds)
    assert max(scale.counts(values)) - min(scale.counts(values)) <= 3
    assert scale.colors == ("--q1", "--q2", "--q3", "--q4", "--q5", "--q6")


def test_the_deepest_colour_is_the_worst_where_little_is_bad() -> None:
    shares = [0.9 + number / 100 for number in range(9)]
    scale = classes.of_values(shares, 0.001, is_low_deep=True)
    assert (scale.color(0.9), scale.color(0.98)) == ("--q6", "--q1")


@pytest.mark.parametrize(
    ("values", "colors"),
    [([], ("--q4",)), ([5.0, 5.0], ("--q4",)), ([5.0, 90.0], ("--q1", "--q6"))],
)
def test_few_values_have_few_classes(values: list[float], colors: tuple[str, ...]) -> None:
    assert classes.of_values(values, 1.0).colors == colors


@settings(deadline=None)
@given(st.lists(st.floats(-5, 5), max_size=60))
def test_changes_are_symmetrical_and_small_ones_are_none(changes: list[float]) -> None:
    scale = classes.of_changes(changes, 0.05)
    opposite = {f"--d{depth}": f"--d-{depth}" for depth in (1, 2, 3)} | {"--d0": "--d0"}
    for change in changes:
        color = scale.color(abs(change))
        assert scale.color(-abs(change)) == opposite[color]
        assert (color == "--d0") == (abs(change) < 0.05)


def test_changes_have_terciles() -> None:
    changes = [number / 10 for number in range(-9, 10)]
    counts = Counter(classes.of_changes(changes, 0.05).color(change) for change in changes)
    assert counts["--d0"] == 1
    assert max(counts.values()) <= 4


@given(st.lists(st.floats(-1, 50), max_size=40))
def test_no_class_has_falls_of_more_than_all(changes: list[float]) -> None:
    scale = classes.of_changes(changes, 0.05, is_relative=True)
    assert all(bound > -1 for bound in scale.bounds)
    assert list(scale.bounds) == sorted({*scale.bounds})
    assert scale.color(-1.0) == scale.colors[0]
    assert {scale.color(each) for each in (-0.04, 0.0, 0.04)} == {"--d0"}


def test_the_opposite_of_twice_as_much_is_half() -> None:
    scale = classes.of_changes([1.0, -0.5, 1.0, -0.5], 0.05, is_relative=True)
    assert scale.bounds[0] == pytest.approx(-0.5)
    assert scale.bounds[-1] == 1.0
