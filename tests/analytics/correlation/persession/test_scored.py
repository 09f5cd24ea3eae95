"""Sums by stratum."""

import numpy as np

from analytics.correlation.persession.scored import StratumSums, scored

X = [np.array([1.0, 2.0, np.nan, 4.0]), np.arange(4.0)]
STRATA = np.array([1, 0, 1, 0])


def test_they_are_over_sessions_with_both_sides() -> None:
    of = scored(X, [np.array([5.0, np.nan, 6.0, 7.0])], np.array([0, 2, 4]))
    by_stratum = StratumSums(of, STRATA)
    assert by_stratum.n(0, 0).tolist() == [1.0, 1.0]
    assert by_stratum.n(1, 0).tolist() == [1.0, 2.0]
    np.testing.assert_allclose(by_stratum.u(1, 0), [of.u[1, 3], of.u[1, 0] + of.u[1, 2]])
    np.testing.assert_allclose(by_stratum.v(0, 0), [of.v[0, 3], of.v[0, 0]])
    assert by_stratum.order.tolist() == [1, 3, 0, 2]


def test_where_all_is_measured_nothing_is_left_out() -> None:
    of = scored([X[1]], [X[1]], np.array([0, 4]))
    by_stratum = StratumSums(of, STRATA)
    assert by_stratum.n(0, 0).tolist() == [2.0, 2.0]
    np.testing.assert_allclose(by_stratum.u(0, 0) + by_stratum.v(0, 0), [0.5, -0.5])


def test_centred_scores_have_no_mean_in_a_stratum() -> None:
    plain = scored(X, [X[1]], np.array([0, 4]))
    of = plain.centred(STRATA, StratumSums(plain, STRATA))
    for row in (*of.u, *of.v):
        np.testing.assert_allclose(np.bincount(STRATA, weights=row), 0.0, atol=1e-7)
    assert of.u[0, 2] == 0.0
