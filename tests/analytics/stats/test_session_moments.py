"""Moments add over sessions, cells and days, and are stored sparse."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analytics.stats import session_moments, session_sums
from analytics.stats.session_moments import (
    BOUNDARIES,
    RATIOS,
    SESSIONS,
    SIZE,
    SessionSums,
    above_boundaries,
    boundaries_of,
    moments_of,
    packed,
    ratio_of,
    unpacked,
)
from models.metrics.histogram import BUCKETS
from models.metrics.histogram_codec import packed as packed_histogram

numbers = st.floats(0, 1e6, width=32)


def sums(rows: int, seed: int = 0) -> SessionSums:
    rng = np.random.default_rng(seed)
    return SessionSums(
        bad=rng.integers(0, 9, (rows, len(RATIOS))).astype(float),
        exposure=rng.integers(0, 99, (rows, len(RATIOS))).astype(float),
        above=np.sort(rng.integers(0, 9, (rows, len(BOUNDARIES))))[:, ::-1].astype(float),
        dropped=rng.integers(0, 2, rows).astype(float),
    )


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2)), min_size=1, max_size=30))
def test_rows_of_a_session_in_a_cell_are_one(pairs: list[tuple[int, int]]) -> None:
    of = sums(len(pairs))
    sessions, cells = (np.array(each, dtype=np.int64) for each in zip(*pairs, strict=True))
    moments = moments_of(sessions, cells, of, 3)
    for cell in range(3):
        units = sorted({session for session, own in pairs if own == cell})
        rows = [[n for n, pair in enumerate(pairs) if pair == (unit, cell)] for unit in units]
        bad, exposure = (
            np.array([part[own].sum(axis=0) for own in rows]).reshape(-1, len(RATIOS))
            for part in (of.bad, of.exposure)
        )
        assert moments[cell, SESSIONS] == len(units)
        for number, name in enumerate(RATIOS):
            ratio, y, x = ratio_of(moments[cell], name), bad[:, number], exposure[:, number]
            assert (ratio.sessions, ratio.y, ratio.x) == ((x > 0).sum(), y.sum(), x.sum())
            squares = (y * y).sum(), (x * y).sum(), (x * x).sum()
            assert (ratio.yy, ratio.xy, ratio.xx) == squares


@given(st.lists(st.dictionaries(st.integers(0, SIZE - 1), numbers, max_size=9), max_size=5))
def test_stored_cells_add_up(cells: list[dict[int, float]]) -> None:
    dense = np.zeros((len(cells), SIZE))
    for row, cell in enumerate(cells):
        dense[row, list(cell)] = list(cell.values())
    blobs = [packed(row) for row in dense]
    assert np.array_equal(unpacked(blobs, np.arange(len(cells)), len(cells)), dense)
    joined = unpacked([b"".join(blobs)], np.zeros(1, dtype=np.int64), 1)
    np.testing.assert_allclose(joined[0], dense.sum(axis=0), rtol=1e-12)


def test_durations_are_counted_from_each_boundary_on() -> None:
    counts = np.random.default_rng(1).integers(0, 5, (3, BUCKETS)).astype(float)
    above = above_boundaries(counts)
    assert above[1, 7] == counts[1, BOUNDARIES[7] :].sum()
    stored = [packed_histogram(range(BUCKETS), row.astype(int).tolist()) for row in counts]
    rows = [(1.0, *(1.0,) * 9, False, each) for each in [*stored, None]]
    of_rows = session_sums.sums_of(rows, 0)
    assert np.array_equal(of_rows.above[:3], above)
    assert of_rows.exposure[:, -1].tolist() == [*counts.sum(axis=1), 0]
    moments = moments_of(np.arange(4), np.zeros(4, dtype=np.int64), of_rows, 1)
    assert boundaries_of(moments).y[0, 7] == above[:, 7].sum()


def test_counts_and_durations_have_their_own_weights() -> None:
    (row,) = session_sums.sums_of([(0.3, *(1.0,) * 9, True, None)], 0).bad
    assert row.tolist() == [round(1024 / 0.3) / 1024] * 4 + [3]
    assert session_sums.numbered("aabbb").tolist() == [0, 0, 1, 1, 1]
    assert session_moments.OF_RATIO * len(RATIOS) + 2 == session_moments.FIRST_BOUNDARY
