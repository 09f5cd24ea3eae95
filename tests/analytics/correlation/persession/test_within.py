"""Coefficients of all sessions and among equals: those that pandas makes of raw columns."""

import numpy as np
import pandas as pd
import pytest

from analytics.correlation.persession.day_sums import pooled
from analytics.correlation.persession.scored import StratumSums, scored
from analytics.correlation.persession.within import within, within_groups

SESSIONS, DAYS = 900, 9


def _frame(seed: int) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    stratum = random.integers(0, 60, SESSIONS)
    x = random.integers(0, 50, SESSIONS) + stratum
    frame = pd.DataFrame({"stratum": stratum, "x": x * 1.0, "other": random.random(SESSIONS)})
    frame["y"] = np.round(random.random(SESSIONS) * 40 + stratum + 0.2 * x)
    frame["day"] = np.sort(random.integers(0, DAYS, SESSIONS))
    for side in ("x", "y"):
        frame.loc[random.random(SESSIONS) < 0.2, side] = np.nan
    return frame


def _columns(frame: pd.DataFrame, *names: str) -> list[np.ndarray]:
    return [frame[name].to_numpy(dtype=np.float64) for name in names]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_they_are_those_of_pandas(seed: int) -> None:
    frame = _frame(seed)
    first = np.searchsorted(frame["day"], np.arange(DAYS + 1))
    strata = frame["stratum"].to_numpy()
    of = scored(_columns(frame, "x", "other"), _columns(frame, "y"), first)
    sums, by_stratum = of.day_sums(), StratumSums(of, strata)
    ranks = frame[["x", "y"]].rank()
    assert pooled(sums).value[0, 0] == pytest.approx(ranks.corr().loc["x", "y"], abs=1e-5)
    both = ranks.dropna()
    centred = both - both.groupby(frame["stratum"]).transform("mean")
    equal = within(of, sums, strata, by_stratum)
    assert equal.of.value[0, 0] == pytest.approx(centred.corr().loc["x", "y"], abs=1e-5)
    sizes = both.groupby(frame["stratum"]).size()
    assert equal.sessions[0, 0] == sizes[sizes >= 2].sum()
    assert equal.strata[0, 0] == (sizes >= 2).sum()
    # By itself, a dimension that has the stratum says the same.
    groups = np.arange(len(by_stratum.first_session))
    assert within_groups(sums, by_stratum, groups, 0, 0) == pytest.approx(equal.of.value[0, 0])
    np.testing.assert_allclose(pooled(sums).influence.sum(axis=0), 0.0, atol=1e-9)
    np.testing.assert_allclose(equal.of.influence.sum(axis=0), 0.0, atol=1e-9)


def test_strata_of_single_sessions_and_constant_sides_have_no_coefficient() -> None:
    first = np.array([0, 10, 20])
    of = scored([np.arange(20.0), np.ones(20)], [np.arange(20.0)], first)
    sums, strata = of.day_sums(), np.arange(20)
    by_stratum = StratumSums(of, strata)
    alone = within(of, sums, strata, by_stratum)
    assert np.isnan(alone.of.value).all()
    assert not alone.sessions.any()
    assert pooled(sums).value[0, 0] == pytest.approx(1.0)
    assert np.isnan(pooled(sums).value[1, 0])
    assert within_groups(sums, by_stratum, strata, 0, 0) is None
