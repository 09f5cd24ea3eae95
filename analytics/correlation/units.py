"""Units as sentences and answers say them."""

from analytics.correlation.measures import Measure


def slope_unit(x: Measure, y: Measure) -> str:
    """As in "ms per 10 ms"."""
    return f"{y.quantity} per {step(x)}"


def step(x: Measure) -> str:
    """The step of x a slope is said for: `10 ms`, `1 percentage point`, `1 drop per hour`."""
    quantity = x.quantity.replace("points", "point").replace("drops", "drop")
    return f"{x.per:g} {quantity if x.per == 1 else x.quantity}"
