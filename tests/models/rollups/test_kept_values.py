"""Values with cells of their own: the first ones of each app and dimension, up to a limit."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.database.engine import Database
from models.rollups import kept_values
from models.rollups.kept_values import Value, dimension_values, new_values, store

LIMITS = {"country": 3, "page": 2}
values = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from(["country", "page"]), st.text(max_size=2)),
    max_size=30,
)


@pytest.fixture(autouse=True)
def low_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_values, "MOST_VALUES", LIMITS)
    monkeypatch.setattr(kept_values, "MOST_APPS", 2)


def test_the_first_values_are_the_ones_that_stay() -> None:
    reported = [("a", "page", name) for name in ("/1", "/2", "/1", "/3")]
    assert new_values([], reported) == reported[:2]
    assert new_values([("a", "page", "/0")], reported) == reported[:1]


def test_a_full_dimension_does_not_fill_another() -> None:
    stored = [("a", "page", "/1"), ("a", "page", "/2")]
    reported = [("a", "page", "/3"), ("a", "country", "BR"), ("b", "page", "/3")]
    assert new_values(stored, reported) == reported[1:]


def test_apps_beyond_the_limit_have_no_values() -> None:
    reported = [("a", "page", "/1"), ("b", "page", "/1"), ("c", "page", "/1"), ("a", "page", "/2")]
    assert new_values([], reported) == [reported[0], reported[1], reported[3]]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values, values)
def test_limits_hold_whatever_is_reported_in_whatever_batches(
    first: list[Value], second: list[Value]
) -> None:
    stored = new_values([], first)
    stored += new_values(stored, second)
    counts = Counter((app, dimension) for app, dimension, _ in stored)
    assert all(number <= LIMITS[dimension] for (_, dimension), number in counts.items())
    assert len({app for app, _, _ in stored}) <= 2
    assert len(set(stored)) == len(stored)
    assert new_values(stored, stored) == []
    assert stored == new_values([], [*first, *second])


def test_stored_values_are_read_once_each_and_never_split(database: Database) -> None:
    odd = [("a", "page", "{,}\"'\\"), ("a", "page", ""), ("a,b", "country", "NULL")]
    with database.transaction() as connection:
        store(connection, [])
        for _ in range(2):
            store(connection, odd)
        assert dimension_values(connection) == frozenset(odd)
