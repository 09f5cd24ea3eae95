"""What a drop goes with: its headline, and its days."""

from dataclasses import replace

from dashboard.client.correlation.cost import cost_days
from dashboard.client.correlation.cost.cost_table import headline
from tests.support.pages.correlation_figures import (
    a_cost,
    correlation_data,
    correlations,
    estimate,
)


def test_the_headline_names_what_differs_beyond_chance_alone() -> None:
    cost = a_cost()
    text = "In the 10\u202fmin after a first drop, against equal sessions without one: "
    assert headline(cost) == f"{text}interactions −18\u202f%."
    within = replace(cost.outcomes[0], difference=estimate(-0.1, 0.3))
    nothing = headline(replace(cost, outcomes=(within,)))
    assert nothing.endswith("nothing differs beyond chance from equal sessions without one.")


def test_days_without_differences_are_drawn_by_their_people() -> None:
    cost = a_cost()
    first = cost.outcomes[0]
    days = tuple(replace(each, difference=None) for each in first.days[:-1]) + first.days[-1:]
    rare = replace(cost, outcomes=(replace(first, days=days),))
    content = cost_days.draw(correlation_data(correlations(cost=rare)))
    assert content.title == "People with a first drop, day by day"
    assert content.body["data"][0]["y"] == [each.people for each in days]
    assert [row[-1] for row in content.table.rows] == [each.people for each in days]
    assert cost_days.draw(correlation_data()).title == "Interactions after a drop, day by day"
