"""Sentences of correlations: true of the figures, never more than associated."""

from dataclasses import replace
from typing import Any

import pytest

from analytics.correlation import sentences
from analytics.correlation.figures import coefficient, p_value, signed
from analytics.correlation.measures import EXPOSURES, OUTCOMES, PAIRS
from analytics.correlation.results import (
    Disagreement,
    Estimate,
    PairOverTime,
    PairPerSession,
    Shifts,
    Slope,
    Strength,
    WithinDimension,
)
from analytics.correlation.strengths import strength_of
from analytics.correlation.units import slope_unit, step

X, Y = EXPOSURES[0], OUTCOMES[0]


def _estimate(value: float) -> Estimate:
    return Estimate(value=value, low=value - 0.1, high=value + 0.1)


OVER_TIME = PairOverTime(
    n=700,
    left_out=20,
    n_effective=84.2,
    coefficient=_estimate(0.41),
    p_adjusted=0.0004,
    lag_minutes=0,
    slope=Slope(value=3.1, low=2.0, high=4.2, per=10.0, unit="ms per 10 ms"),
    shifts=Shifts(hours=(-1, 0, 1), coefficients=(0.2, 0.41, 0.6), chance=0.1),
    strength=Strength.MODERATE,
)
PER_SESSION = PairPerSession(
    n=1_200,
    days=30,
    n_within=1_100,
    pooled=_estimate(0.6),
    within=_estimate(0.5),
    p_adjusted=0.001,
    strength=Strength.MODERATE,
)


def test_over_time() -> None:
    assert sentences.over_time(OVER_TIME, X, Y) == (
        "In hours when round trips are slower than usual, pages load more slowly: rank correlation "
        "0.41 (95 % interval 0.31 to 0.51) over 700 hours worth 84 independent ones, adjusted "
        "p < 0.001. That is +3.10 ms (+2.00 to +4.20) of page load for each 10 ms of round trip "
        "p95. They are associated; this does not show that one causes the other."
    )
    later = sentences.over_time(replace(OVER_TIME, lag_minutes=60), X, Y)
    assert "with page load 1 hour after round trip p95: 0.60." in later
    earlier = sentences.over_time(replace(OVER_TIME, lag_minutes=-60), X, Y)
    assert "with round trip p95 1 hour after page load: 0.20." in earlier
    opposite = sentences.over_time(replace(OVER_TIME, coefficient=_estimate(-0.41)), X, Y)
    assert "pages load faster" in opposite
    assert "That is" not in opposite


def test_what_chance_explains_is_no_association() -> None:
    pair = replace(OVER_TIME, strength=Strength.NONE, p_adjusted=0.3)
    assert "no more than chance explains" in sentences.over_time(pair, X, Y)
    assert "ms" not in sentences.over_time(pair, X, Y)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "also among sessions of one app"),
        ({"within": None, "p_adjusted": None}, "Too few sessions have an equal"),
        ({"strength": Strength.NONE}, "no more than chance explains"),
        (
            {"disagreement": Disagreement.SIGN, "within": _estimate(-0.4)},
            "All sessions and equal ones say the opposite",
        ),
        (
            {"disagreement": Disagreement.HALF, "strength": Strength.NONE},
            "Among equals no association of round trip p95 and page load is left beyond chance",
        ),
        (
            {"disagreement": Disagreement.HALF, "within": _estimate(0.2)},
            "Among equals there is less of an association",
        ),
        (
            {"disagreement": Disagreement.HALF, "within": _estimate(0.95)},
            "Among equals there is more of an association",
        ),
    ],
)
def test_per_session(fields: dict[str, Any], text: str) -> None:
    pair = replace(PER_SESSION, **fields)
    assert text in sentences.per_session(pair, X, Y)


def test_the_dimension_that_explains_a_difference_is_named() -> None:
    pair = replace(
        PER_SESSION,
        disagreement=Disagreement.HALF,
        explained_by="effective_type",
        by_dimension=(WithinDimension(dimension="effective_type", coefficient=0.02),),
    )
    assert "Network explains most of the difference" in sentences.per_session(pair, X, Y)
    none = replace(pair, explained_by=None)
    assert "No single dimension" in sentences.per_session(none, X, Y)


def test_both_views_begin_with_a_refusal() -> None:
    over = replace(OVER_TIME, sentence="Hours.")
    per = replace(PER_SESSION, sentence="Sessions.")
    refused = replace(per, disagreement=Disagreement.SIGN)
    assert sentences.both_views(over, per) == "Hours. Sessions."
    assert sentences.both_views(over, refused) == "Sessions. Hours."
    reason = sentences.few_days(2)
    nothing = PairPerSession(n=3, days=2, reason=reason)
    short = PairOverTime(n=0, left_out=0, reason=sentences.TOO_SHORT)
    assert sentences.both_views(short, nothing) == (
        f"Not enough data. {sentences.TOO_SHORT} {reason}"
    )


def test_no_sentence_claims_a_cause() -> None:
    for x, y in PAIRS:
        text = sentences.over_time(OVER_TIME, x, y) + sentences.per_session(PER_SESSION, x, y)
        assert "will" not in text
        assert "improve" not in text
        assert text.count("does not show that one causes the other") == 2


def test_figures() -> None:
    assert (coefficient(-0.214), coefficient(-0.001)) == ("−0.21", "0.00")
    assert [p_value(p) for p in (0.0004, 0.021, 0.38, 0.998)] == [
        "p < 0.001", "p = 0.021", "p = 0.38", "p > 0.99",
    ]  # fmt: skip
    assert (signed(3.1), signed(-0.2)) == ("+3.10", "−0.200")
    assert strength_of(0.7, 0.01) is Strength.STRONG
    assert strength_of(-0.69, 0.01) is Strength.MODERATE
    assert strength_of(0.29, 0.01) is Strength.WEAK
    assert strength_of(0.9, 0.05) is Strength.NONE


def test_units() -> None:
    drops, interactions = EXPOSURES[2], OUTCOMES[-1]
    assert slope_unit(X, Y) == "ms per 10 ms"
    assert step(drops) == "1 drop per hour"
    assert slope_unit(drops, interactions) == "interactions per minute per 1 drop per hour"
    assert step(EXPOSURES[1]) == "1 percentage point"
