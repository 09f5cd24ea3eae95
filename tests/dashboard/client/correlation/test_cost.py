"""The headline of what a drop goes with."""

from dataclasses import replace

from dashboard.client.correlation.cost.cost_table import headline
from tests.support.pages.correlation_figures import a_cost, estimate


def test_the_headline_names_what_differs_beyond_chance_alone() -> None:
    cost = a_cost()
    text = "In the 10\u202fmin after a first drop, against equal sessions without one: "
    assert headline(cost) == f"{text}interactions −18\u202f%."
    within = replace(cost.outcomes[0], difference=estimate(-0.1, 0.3))
    nothing = headline(replace(cost, outcomes=(within,)))
    assert nothing.endswith("nothing differs beyond chance from equal sessions without one.")
