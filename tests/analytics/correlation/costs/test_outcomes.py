"""What people do after a drop, as rows."""

import numpy as np
import pytest

from analytics.correlation.costs.outcomes import HOUR_MINUTES, outcome_rows
from analytics.correlation.sessions.table import MOST_AGES
from scripts.bench.correlation.sessions import Plant, sessions


def test_each_outcome_is_a_ratio_of_the_bin_after_the_landmark() -> None:
    table = sessions(np.random.default_rng(1), 2_000, 7, Plant())
    outcomes = dict(outcome_rows(table, table.day, 7))
    interactions, left, errors = outcomes.values()
    assert [each.key for each in outcomes] == [
        "interactions_per_minute", "time_left_minutes", "ux_errors_per_hour",
    ]  # fmt: skip
    assert interactions.value.mean() == pytest.approx(3.1, abs=0.3)
    assert errors.value.mean() == pytest.approx(1.2, abs=0.2)
    assert interactions.base.max() <= 10.0
    assert 0.0 < left.value.min() < left.value.max() == HOUR_MINUTES
    assert (left.day < 7).all()
    assert interactions.is_dropped.any()


def test_a_session_of_more_than_a_day_has_no_bin_beyond() -> None:
    table = sessions(np.random.default_rng(1), 50, 7, Plant(minutes=1_400.0))
    assert np.diff(table.ages.first).max() > MOST_AGES
    (_, rows), *_ = outcome_rows(table, table.day, 7)
    assert rows.cell.size
