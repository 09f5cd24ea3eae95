"""Weights of sampled reports: exact in any order, and the same in Python and SQL."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from models.database.engine import Database
from models.metrics.weights import LARGEST, PARTS, count_weight, duration_weight
from models.rollups.report_aggregates import WEIGHT

rates = st.floats(min_value=1e-9, max_value=1, exclude_min=True)


@pytest.mark.parametrize(
    ("rate", "count", "duration"),
    [(1, PARTS, 1), (0.5, 2 * PARTS, 2), (0.3, 3413, 3), (1e-9, PARTS * LARGEST, LARGEST)],
)
def test_a_report_stands_for_as_many_as_its_rate_left_out(
    rate: float, count: int, duration: int
) -> None:
    assert (count_weight(rate), duration_weight(rate)) == (count, duration)


@pytest.mark.parametrize("rate", [0, -1, -0.0])
def test_a_rate_of_nothing_has_the_largest_weight(rate: float) -> None:
    assert (count_weight(rate), duration_weight(rate)) == (PARTS * LARGEST, LARGEST)


@given(
    st.lists(st.tuples(rates, st.integers(0, 1000)), max_size=12), st.randoms(use_true_random=False)
)
def test_weighted_sums_do_not_depend_on_the_order(
    reports: list[tuple[float, int]], shuffler: random.Random
) -> None:
    shuffled = shuffler.sample(reports, len(reports))
    sums = [sum(count_weight(r) / PARTS * n for r, n in each) for each in (reports, shuffled)]
    assert sums[0] == sums[1]


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(rates, min_size=1, max_size=50))
def test_sql_weights_as_python_does(database: Database, values: list[float]) -> None:
    query = text(f"SELECT {WEIGHT} FROM unnest(CAST(:rates AS double precision[])) AS sample_rate")
    with database.transaction() as connection:
        weights = list(connection.execute(query, {"rates": values}).scalars())
    assert weights == [count_weight(rate) / PARTS for rate in values]
