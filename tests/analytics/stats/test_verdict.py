"""What a change means is said by the catalogue, for every metric of it."""

from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.stats import comparison
from analytics.stats.comparison import FigureChange
from analytics.stats.summaries import share_of
from analytics.stats.verdict import MUCH, Verdict, verdict_of
from models.metrics.client_catalogue import CATALOG
from models.metrics.metric import Metric, Worse
from models.metrics.server_catalogue import SERVER_CATALOG, ServerMetric

GROWTHS = st.floats(-5, 5).filter(lambda growth: abs(growth) > 1e-9)


@given(st.sampled_from([*CATALOG, *SERVER_CATALOG]), GROWTHS)
def test_no_change_for_the_better_is_called_worse(
    metric: Metric | ServerMetric, growth: float
) -> None:
    worse = metric.worse
    meaning = verdict_of(FigureChange(exp(growth) - 1, is_notable=True, growth=growth), worse)
    assert meaning is not None
    is_bad_way = worse is (Worse.UP if growth > 0 else Worse.DOWN)
    assert meaning.is_worse is is_bad_way
    assert (meaning is Verdict.CHANGED) is (worse is Worse.NEITHER)
    if is_bad_way:
        assert (meaning is Verdict.MUCH_WORSE) is (abs(growth) >= MUCH)


def test_what_is_within_chance_means_nothing() -> None:
    assert verdict_of(None, Worse.UP) is None
    assert verdict_of(FigureChange(3.0, is_notable=False, growth=1.4), Worse.UP) is None


@pytest.mark.parametrize(
    ("now", "meaning"),
    [
        (9600, Verdict.BETTER),
        (9300, Verdict.WORSE),
        (8900, Verdict.MUCH_WORSE),  # failures doubled
    ],
)
def test_a_share_is_much_worse_when_its_odds_halve(now: int, meaning: Verdict) -> None:
    change = comparison.of_shares(share_of(now, 10_000, 10_000), share_of(9500, 10_000, 10_000))
    assert verdict_of(change, Worse.DOWN) is meaning


def test_a_share_of_all_or_none_still_has_a_size() -> None:
    change = comparison.of_shares(share_of(0, 100, 100), share_of(100, 100, 100))
    assert change is not None
    assert change.growth < -MUCH
