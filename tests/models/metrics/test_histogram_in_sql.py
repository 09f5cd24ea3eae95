"""SQL, numpy and the browser agree about the histogram on one table of cases.

The browser's side of the edges stands in tests/sdk/test_monitor.py.
"""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from analytics.stats.merging import counts_of, counts_of_durations, packed_of
from models.database.engine import Database
from models.metrics.histogram import BOUNDS_US, BUCKETS, bucket_of, dense
from tests.support.percentiles import percentile_ms

EDGES = [us for bound in BOUNDS_US for us in (bound - 1, bound, bound + 1)]
CASES = [0, 1, 99, *EDGES, 10**12]
counts = st.dictionaries(st.integers(0, BUCKETS - 1), st.integers(1, 2**33), max_size=12)


def test_every_edge_falls_into_the_same_bucket(database: Database) -> None:
    query = text("SELECT histogram_bucket(us) FROM unnest(CAST(:us AS bigint[])) AS us")
    with database.transaction() as connection:
        buckets = [row[0] for row in connection.execute(query, {"us": CASES})]
    assert buckets == [bucket_of(us / 1000) for us in CASES]


def test_milliseconds_fall_into_the_same_bucket_in_numpy() -> None:
    for milliseconds in {us // 1000 for us in EDGES}:
        counted = counts_of_durations([min(milliseconds, 86_400_000)])
        assert np.flatnonzero(counted)[0] == bucket_of(min(milliseconds, 86_400_000))


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(counts, counts, st.sampled_from([0.01, 0.5, 0.95, 0.99, 1.0]))
def test_percentiles_of_concatenated_histograms_are_the_same(
    database: Database, left: dict[int, int], right: dict[int, int], share: float
) -> None:
    concatenated = packed_of(dense(left)) + packed_of(dense(right))
    query = text("SELECT histogram_percentile_ms(:glued, :share)")
    with database.transaction() as connection:
        percentile = connection.execute(query, {"glued": concatenated, "share": share}).scalar_one()
    expected = percentile_ms(counts_of(concatenated), share)
    assert (percentile is None) == (expected is None)
    assert percentile is None or percentile == pytest.approx(expected, rel=1e-12)
