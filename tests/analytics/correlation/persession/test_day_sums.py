"""Sums by day."""

import numpy as np

from analytics.correlation.persession.day_sums import day_sums


def test_they_are_over_sessions_with_both_sides() -> None:
    u, v = np.array([[0.5, -0.5, 0.25]], np.float32), np.array([[0.0, 0.5, -0.5]], np.float32)
    everyone, some = np.ones((1, 3), np.float32), np.array([[0, 1, 1]], np.float32)
    sums = day_sums(u, v, everyone, some, np.array([0, 2, 3]))
    assert sums.n.ravel().tolist() == [1.0, 1.0]
    assert sums.u.ravel().tolist() == [-0.5, 0.25]
    assert sums.v.ravel().tolist() == [0.5, -0.5]
    assert sums.uu.ravel().tolist() == [0.25, 0.0625]
    assert sums.vv.ravel().tolist() == [0.25, 0.25]
    assert sums.uv.ravel().tolist() == [-0.25, -0.125]
