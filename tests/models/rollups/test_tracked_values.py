"""Values with cells of their own: places are limited, and go on from one to another at midnight."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.database.engine import Database
from models.rollups import tracked_values
from models.rollups.tracked_values import (
    ALWAYS,
    Tenure,
    TrackedValues,
    Value,
    dimension_values,
    end,
    forget,
    new_tenures,
    store,
)
from tests.support.clock import NOON

DAY = timedelta(days=1)
MIDNIGHT = NOON + DAY / 2
LIMITS = {"country": 3, "page": 2}
values = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from(["country", "page"]), st.text(max_size=2)),
    max_size=30,
)


@pytest.fixture(autouse=True)
def low_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracked_values, "MOST_VALUES", LIMITS)
    monkeypatch.setattr(tracked_values, "MOST_APPS", 2)


def pages(*names: str) -> list[Value]:
    return [("a", "page", name) for name in names]


def new_values(stored: list[Value], reported: list[Value]) -> list[Value]:
    """The values of new tenures beside those stored from the first."""
    tracked = TrackedValues(map(Tenure, stored))
    tenures = new_tenures(tracked, [(value, NOON) for value in reported])
    assert {each.since for each in tenures} <= {ALWAYS}
    return [each.value for each in tenures]


def test_a_free_slot_goes_to_the_value_that_comes_first() -> None:
    reported = pages("/1", "/2", "/1", "/3")
    assert new_values([], reported) == reported[:2]
    assert new_values(pages("/0"), reported) == reported[:1]


def test_a_full_dimension_does_not_fill_another() -> None:
    reported = [*pages("/3"), ("a", "country", "BR"), ("b", "page", "/3")]
    assert new_values(pages("/1", "/2"), reported) == reported[1:]


def test_apps_beyond_the_limit_have_no_values() -> None:
    reported = [("a", "page", "/1"), ("b", "page", "/1"), ("c", "page", "/1"), ("a", "page", "/2")]
    assert new_values([], reported) == [reported[0], reported[1], reported[3]]


@settings(deadline=None)
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


def test_a_slot_that_became_free_is_taken_from_then_on_and_not_before() -> None:
    old, stays, new = pages("/old", "/stays", "/new")
    tracked = TrackedValues([Tenure(old, ALWAYS, MIDNIGHT), Tenure(stays)])
    assert new_tenures(tracked, [(new, NOON)]) == []
    assert new_tenures(tracked, [(new, MIDNIGHT), (new, NOON)]) == [Tenure(new, MIDNIGHT)]
    assert tracked.has(old, NOON)
    assert not tracked.has(old, MIDNIGHT)


def test_tenures_are_stored_ended_and_forgotten(database: Database) -> None:
    odd = [("a", "page", "{,}\"'\\"), ("a", "page", ""), ("a,b", "country", "NULL")]
    with database.transaction() as connection:
        store(connection, [])
        for _ in range(2):
            store(connection, map(Tenure, odd))
        end(connection, odd[:1], MIDNIGHT)
        store(connection, [Tenure(odd[0], MIDNIGHT + DAY)])
        expected = {Tenure(odd[0], ALWAYS, MIDNIGHT), Tenure(odd[0], MIDNIGHT + DAY)}
        assert {*dimension_values(connection).tenures} == expected | {*map(Tenure, odd[1:])}
        forget(connection, MIDNIGHT + DAY)
        assert len(dimension_values(connection).tenures) == 3
