"""Figures of correlations as sentences write them."""

from analytics.correlation.measures import Measure
from analytics.correlation.results import Estimate, Slope
from analytics.correlation.units import step
from analytics.formatting.numbers import MINUS, figures

LEAST_P, LARGEST_P = 0.001, 0.99


def coefficient(value: float) -> str:
    """`0.52`, `−0.21`."""
    return f"{value:z.2f}".replace("-", MINUS)


def interval(of: Estimate) -> str:
    """`0.52 (95 % interval 0.41 to 0.61)`."""
    return (
        f"{coefficient(of.value)} (95 % interval {coefficient(of.low)} to {coefficient(of.high)})"
    )


def p_value(p: float) -> str:
    """`p < 0.001`, `p = 0.021`, `p = 0.38`, `p > 0.99`."""
    if p < LEAST_P:
        return f"p < {LEAST_P}"
    if p > LARGEST_P:
        return f"p > {LARGEST_P}"
    return f"p = {p:.2f}" if p >= 0.1 else f"p = {p:.3f}"


def signed(value: float) -> str:
    """`+3.1`, `−0.087`."""
    return f"{'+' if value > 0 else ''}{figures(value)}"


def slope(of: Slope, x: Measure, y: Measure) -> str:
    """`+3.1 ms (2.0 to 4.2) of page load for each 10 ms of round trip p95`."""
    return (
        f"{signed(of.value)} {y.quantity} ({signed(of.low)} to {signed(of.high)}) of "
        f"{_lower(y.label)} for each {step(x)} of {_lower(x.label)}"
    )


def _lower(label: str) -> str:
    return label[0].lower() + label[1:]
