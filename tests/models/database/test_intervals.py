"""Intervals as a WHERE clause."""

from models.database.intervals import condition
from tests.support.clock import NOON


def test_no_interval_selects_no_row() -> None:
    assert condition([]) == ("(false)", {})


def test_each_interval_is_half_open_with_names_of_its_own() -> None:
    clause, values = condition([(NOON, NOON), (NOON, NOON)], "t", prefix="x")
    assert clause == "((t >= :xs0 AND t < :xe0) OR (t >= :xs1 AND t < :xe1))"
    assert values == dict.fromkeys(("xs0", "xe0", "xs1", "xe1"), NOON)
