"""What a first drop costs."""

from dataclasses import replace

import numpy as np
import pytest

from analytics.correlation.costs.cost import cost_of
from analytics.correlation.results import Cost, CostOutcome
from analytics.formatting.numbers import figures
from scripts.bench.correlation.sessions import Plant, sessions


def _cost(number: int = 6_000, days: int = 10, **plant: float) -> Cost:
    return cost_of(sessions(np.random.default_rng(2), number, days, Plant(**plant)))


def _outcomes(cost: Cost) -> dict[str, CostOutcome]:
    return {each.key: each for each in cost.outcomes}


def test_people_who_do_less_after_a_drop_are_counted_a_day() -> None:
    cost = _cost(after=0.6, leaving=1.6)
    interactions = _outcomes(cost)["interactions_per_minute"]
    assert interactions.relative is not None
    assert interactions.per_day is not None
    assert interactions.relative.low < -0.4 < interactions.relative.high
    assert interactions.per_day.high < 0.0
    assert "interactions fewer a day" in interactions.sentence
    assert "does not show that the drops are the cause" in interactions.sentence
    left = _outcomes(cost)["time_left_minutes"]
    assert left.difference is not None
    assert left.difference.high < 0.0
    errors = _outcomes(cost)["ux_errors_per_hour"]
    assert errors.difference is not None
    assert not errors.difference.excludes_zero
    assert "no difference beyond chance" in errors.sentence
    assert len(interactions.days) == 10
    assert interactions.days[0].day.isoformat() == "1970-01-01"
    assert 0 <= cost.not_compared < cost.people < cost.sessions


def test_where_only_length_differs_there_is_no_difference() -> None:
    """Longer sessions meet more drops and do less a minute: a comparison of sessions with and
    without drops would call that a cost."""
    cost = _cost(calming=0.4)
    for outcome in cost.outcomes:
        assert outcome.difference is not None
        assert not outcome.difference.excludes_zero, outcome
    assert "does not differ beyond chance" in cost.sentence


@pytest.mark.parametrize(
    ("plant", "number", "days", "text"),
    [
        ({"drops": 0.0}, 500, 10, "No session of this range was dropped."),
        ({}, 500, 3, "3 days"),
        ({"drops": 0.01}, 500, 10, "Fewer than 30 dropped sessions"),
    ],
)
def test_each_lack_of_data_has_its_reason(
    plant: dict[str, float], number: int, days: int, text: str
) -> None:
    with np.errstate(divide="ignore"):
        cost = _cost(number, days, **plant)
    assert text in f"{cost.reason} {cost.sentence}"
    assert all(not outcome.enough_data and outcome.reason for outcome in cost.outcomes)


@pytest.mark.parametrize("read_share", [1.0, 0.5])
def test_people_of_a_day_are_as_many_as_its_total_is_of(read_share: float) -> None:
    table = sessions(np.random.default_rng(2), 6_000, 10, Plant(after=0.5))
    weighted = replace(table, weight=np.full(len(table), 2.0), read_share=read_share)
    plain, scaled = (_outcomes(cost_of(each))["interactions_per_minute"] for each in
                     (table, weighted))  # fmt: skip
    dropped = np.isfinite(table.first_drop_ms).sum() / 10
    times = 2.0 / read_share
    assert plain.per_day is not None
    assert scaled.per_day is not None
    assert scaled.per_day.value == pytest.approx(times * plain.per_day.value)
    assert f"of {figures(dropped)} people dropped a day" in plain.sentence
    assert f"of {figures(times * dropped)} people dropped a day" in scaled.sentence


def test_where_no_session_lasts_ten_minutes_the_time_they_stayed_is_compared() -> None:
    cost = _cost(60_000, minutes=1.5, drops=6.0, leaving=2.0)
    outcomes = _outcomes(cost)
    assert outcomes["time_left_minutes"].enough_data
    short = sessions(np.random.default_rng(2), 3_000, 10, Plant(minutes=0.1, drops=60.0))
    assert np.diff(short.ages.first).max() == 1
    outcomes = _outcomes(cost_of(short))
    for key in ("interactions_per_minute", "ux_errors_per_hour"):
        assert not outcomes[key].enough_data
        assert outcomes[key].reason
