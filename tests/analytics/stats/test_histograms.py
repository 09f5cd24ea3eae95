"""Histograms as arrays: any split and any order give the same, weights leave n alone."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analytics.stats.histograms import LONG, Floats, Histograms, of_lists, of_packed
from models.metrics.histogram import BUCKETS, bucket_counts, dense
from models.metrics.histogram_codec import packed
from tests.support.percentiles import percentile_ms

SHAPE = (2, 2)  # label sets, steps
Cell = tuple[int, dict[int, int], int]  # flat index of the cell, counts by bucket, weight
pairs = st.dictionaries(st.integers(0, BUCKETS - 1), st.integers(0, 10**6), max_size=9)
cells = st.lists(st.tuples(st.integers(0, 3), pairs, st.integers(1, 9)), max_size=9)


def merged(rows: list[Cell], n: list[float] | None = None) -> tuple[Floats, Floats]:
    blobs = [packed(list(counts), list(counts.values())) for _, counts, _ in rows]
    index = np.array([cell for cell, _, _ in rows], dtype=np.int64)
    weights = np.array([float(weight) for _, _, weight in rows])
    own = np.array(n or [np.nan] * len(rows), dtype=float)
    return of_packed(blobs, own, index, weights, SHAPE)


@given(cells)
def test_cells_are_weighted_sums_and_n_is_not_weighted(rows: list[Cell]) -> None:
    counts, n = merged(rows)
    expected, expected_n = np.zeros((4, BUCKETS)), np.zeros(4)
    for cell, added, weight in rows:
        expected[cell] += dense(added) * weight
        expected_n[cell] += sum(added.values())
    assert np.array_equal(counts, expected.reshape(*SHAPE, BUCKETS))
    assert np.array_equal(n, expected_n.reshape(SHAPE))


@given(cells)
def test_the_order_does_not_matter(rows: list[Cell]) -> None:
    forth, back = merged(rows), merged(rows[::-1])
    assert all(np.array_equal(left, right) for left, right in zip(forth, back, strict=True))


def test_cells_have_an_n_of_their_own_and_raw_rows_count() -> None:
    _, n = merged([(0, {3: 30}, 1), (0, {3: 2}, 5), (3, {4: 1}, 1)], [3, np.nan, np.nan])
    assert np.array_equal(n, [[5, 0], [0, 1]])


def test_a_bucket_beyond_the_last_counts_in_the_last() -> None:
    counts, _ = merged([(1, {65535: 4}, 1)])
    assert counts[0, 1, -1] == 4


@given(st.lists(st.integers(0, 86_400_000), max_size=20), st.integers(1, 9))
def test_listed_durations_fall_into_their_buckets(durations_ms: list[int], weight: int) -> None:
    text = ",".join(map(str, durations_ms))
    index, weights = np.array([2], dtype=np.int64), np.array([float(weight)])
    counts, n, sums_us = of_lists([text], index, weights, SHAPE)
    assert np.array_equal(counts[1, 0], dense(bucket_counts(durations_ms)) * weight)
    assert (n[1, 0], sums_us[1, 0]) == (len(durations_ms), sum(durations_ms) * 1000 * weight)


def test_without_durations_there_is_no_quantile() -> None:
    (values,) = Histograms.empty(SHAPE).quantiles_ms(0.5)
    assert np.isnan(values).all()


@given(st.lists(st.lists(st.floats(min_value=0, max_value=1e6), max_size=30), min_size=1))
def test_quantiles_of_many_steps_are_those_of_each(steps: list[list[float]]) -> None:
    rows = [dense(bucket_counts(values)) for values in steps]
    singly = [percentile_ms(row, 0.95) for row in rows]
    (together,) = of_rows(np.array(rows, dtype=np.float64)).quantiles_ms(0.95)
    expected = [np.nan if value is None else round(value, 2) for value in singly]
    np.testing.assert_array_equal(together[0], expected)


def test_absurd_weights_neither_overflow_nor_shift_a_quantile() -> None:
    counts = np.array([dense({3: 1})], dtype=np.float64)
    heavy, light = (of_rows(each).quantiles_ms(0.5) for each in (counts * 1e300, counts))
    np.testing.assert_array_equal(heavy, light)


def of_rows(counts: Floats) -> Histograms:
    """Histograms of one label set with a step per row."""
    n = counts.sum(axis=1)[None]
    return Histograms(counts[None], n, n)


def test_few_long_blobs_are_added_as_many_short_ones() -> None:
    random = np.random.default_rng(5)
    buckets, counts = random.integers(0, BUCKETS, (3, 2 * LONG)), random.integers(1, 99, 2 * LONG)
    short = [[packed([bucket], [n]) for bucket, n in zip(row, counts.tolist(), strict=True)]
             for row in buckets.tolist()]  # fmt: skip
    index, weights = np.array([0, 3, 0]), np.array([1.0, 1.0, 4.0])
    own = np.array([7.0, np.nan, np.nan])
    of_long, n_of_long = of_packed([b"".join(row) for row in short], own, index, weights, SHAPE)
    times = 2 * LONG
    of_short, n_of_short = of_packed(
        [blob for row in short for blob in row], np.repeat([0.0, np.nan, np.nan], times),
        np.repeat(index, times), np.repeat(weights, times), SHAPE,
    )  # fmt: skip
    n_of_short[0, 0] += 7
    assert np.array_equal(of_long, of_short)
    assert np.array_equal(n_of_long, n_of_short)
    assert (
        of_packed([b"".join(short[0]), None], own[:2], index[:2], weights[:2], SHAPE)[1].sum() == 7
    )
