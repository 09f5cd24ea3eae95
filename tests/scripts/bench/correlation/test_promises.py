"""What the page of correlations promises, over thousands of simulated months."""

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from analytics.correlation.measures import pair_key
from analytics.correlation.results import Disagreement
from scripts.bench.correlation import over_time, per_session
from scripts.bench.correlation.per_session import CASES, DROPS, INTERACTIONS, LATENCY, PAGE_LOAD
from scripts.bench.correlation.sessions import Random

pytestmark = [pytest.mark.deep, pytest.mark.timeout(3600)]
RUNS, ROUNDS = 2_000, 200
CASE = {case.name: case for case in CASES}


def counted(round_of: Callable[[Random], Counter[str]], seed: int, rounds: int) -> Counter[str]:
    random, total = np.random.default_rng(seed), Counter[str]()
    for _ in range(rounds):
        total.update(round_of(random))
    return total


def test_of_unrelated_months_at_most_six_percent_are_significant_at_five() -> None:
    total = counted(over_time.unrelated, 20_261, RUNS)
    assert total["figures"] > 0.9 * total["pairs"]
    assert total["significant"] <= 0.06 * total["figures"]
    assert total["any adjusted"] <= 0.06 * RUNS
    assert total["plain"] > 0.85 * total["pairs"]  # what a plain correlation calls significant


def test_planted_months_come_out_with_sign_size_and_lag() -> None:
    total = counted(over_time.planted, 20_262, ROUNDS)
    assert total["sign"] >= 0.99 * ROUNDS
    assert total["size within 0.15"] >= 0.95 * ROUNDS
    assert total["lag"] >= 0.95 * ROUNDS


def test_a_slow_country_is_no_relation() -> None:
    random, total = np.random.default_rng(20_263), Counter[str]()
    for _ in range(ROUNDS):
        pair = per_session.view(CASE["slow country"], random).pairs[pair_key(LATENCY, PAGE_LOAD)]
        assert pair.pooled is not None
        assert pair.pooled.low > 0.0
        total["said"] += pair.disagreement is Disagreement.HALF and pair.explained_by == "country"
        total["equals"] += pair.within is not None and pair.within.excludes_zero
    assert total["said"] >= 0.99 * ROUNDS
    assert total["equals"] <= 0.09 * ROUNDS  # 5 %, and three standard errors of 200 rounds


def test_length_alone_is_no_relation() -> None:
    random, related = np.random.default_rng(20_264), 0
    for _ in range(ROUNDS):
        pair = per_session.view(CASE["length alone"], random).pairs[pair_key(DROPS, INTERACTIONS)]
        related += pair.within is not None and pair.within.excludes_zero
    assert related <= 0.1 * ROUNDS
