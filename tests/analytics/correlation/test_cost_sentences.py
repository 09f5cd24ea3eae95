"""Sentences of costs."""

from analytics.correlation import cost_sentences
from analytics.correlation.results import CostOutcome, Estimate

DIFFERENCE = Estimate(value=-1.2, low=-1.5, high=-0.9)
OUTCOME = CostOutcome(
    key="interactions_per_minute",
    label="Interactions",
    unit="per minute",
    total_unit="interactions",
    people=300,
    dropped=3.1,
    others=4.3,
    difference=DIFFERENCE,
    relative=Estimate(value=-0.279, low=-0.35, high=-0.21),
    per_day=Estimate(value=-1_240.0, low=-1_600.0, high=-900.0),
)


def test_a_difference_is_named_per_day_and_in_people() -> None:
    of = cost_sentences.with_sentence(OUTCOME, 10.0, "fewer")
    assert of.sentence.replace("\u202f", " ") == (
        "Interactions after a first drop: fewer, 3.10 per minute against 4.30 per minute of equal "
        "sessions of the same age without a drop (difference −1.20 per minute, 95 % interval −1.50 "
        "to −0.900, −28 %). That goes with 1,240 interactions fewer a day, of 10.0 people dropped "
        "a day; it does not show that the drops are the cause."
    )
    text = cost_sentences.cost(320, 6_400, [of])
    assert text.startswith("320 of 6,400 sessions were dropped (5.0\u202f%). Interactions after")
    assert cost_sentences.with_sentence(OUTCOME, 10.0, "less").sentence.count("less") == 2


def test_without_a_difference_it_says_so() -> None:
    none = CostOutcome(
        key="e", label="Page errors", unit="per hour", total_unit="page errors", people=300,
        dropped=1.2, others=1.1, difference=Estimate(value=0.1, low=-0.2, high=0.4),
    )  # fmt: skip
    of = cost_sentences.with_sentence(none, 10.0, "fewer")
    assert "no difference beyond chance" in of.sentence
    assert "a day" not in of.sentence
    assert "does not differ beyond chance" in cost_sentences.cost(300, 3_000, [of])


def test_without_figures_it_says_why() -> None:
    nothing = CostOutcome(key="e", label="E", unit="", total_unit="", people=0)
    assert cost_sentences.with_sentence(nothing, 10.0, "fewer") is nothing
    assert cost_sentences.TOO_FEW in cost_sentences.cost(20, 100, [nothing])
    assert "7 on" in cost_sentences.few_days(2)
