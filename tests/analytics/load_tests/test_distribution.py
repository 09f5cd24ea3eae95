from hypothesis import given
from hypothesis import strategies as st

from analytics.load_tests.distribution import counts_of, joined, of_values
from analytics.load_tests.report import Distribution
from models.metrics.histogram import bucket_counts, dense

DURATIONS = st.lists(st.floats(0, 100_000), max_size=60)


@given(DURATIONS)
def test_buckets_are_those_of_the_store(values: list[float]) -> None:
    assert counts_of(values).tolist() == dense(bucket_counts(values)).tolist()


@given(DURATIONS, DURATIONS)
def test_distributions_add_exactly(first: list[float], second: list[float]) -> None:
    assert joined([of_values(first), of_values(second)]) == of_values([*first, *second])


def test_percentiles_are_within_two_per_cent_and_none_exceeds_the_longest() -> None:
    values = of_values([float(each) for each in range(1, 1001)])
    assert values.p50
    assert abs(values.p50 / 500 - 1) < 0.02
    assert values.p99
    assert values.longest == 1000
    assert values.p99 <= values.longest
    assert of_values([19.2]).p99 == 19.2


def test_a_bucket_out_of_range_in_a_stored_report_is_not_counted() -> None:
    assert joined([Distribution(n=3, histogram={-1: 1, 10**9: 2})]).n == 0
