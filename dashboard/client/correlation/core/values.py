"""Coefficients, intervals and differences as text."""

from textwrap import wrap

from analytics.correlation.measures import Measure
from analytics.correlation.results import Estimate, Slope
from dashboard.core.numbers import (
    DASH,
    MINUS,
    count,
    figures,
    percent_text,
    plural,
    with_unit,
)

SHORT = {
    "page_load_ms": "Page load", "lcp_ms": "LCP", "inp_ms": "INP", "cls": "CLS",
    "ux_errors_per_hour": "Page errors", "interactions_per_minute": "Interactions",
}  # fmt: skip
LINE = 17  # letters of a label on an axis
THOUSAND, MANY = 1_000, 100_000
LEAST_P = 0.001


def short_label(measure: Measure) -> str:
    """The field's abbreviation where it has one: `LCP`."""
    return SHORT.get(measure.key, measure.label)


def in_unit(name: str, measure: Measure) -> str:
    """`INP, ms`; of what has no unit the name alone."""
    return f"{name}, {measure.unit}" if measure.unit else name


def wrapped(text: str, letters: int = LINE) -> str:
    """Text of an axis in lines."""
    return "<br>".join(wrap(text, letters))


def coefficient_text(value: float | None) -> str:
    """`0.52`, with the sign of a fall; a dash for none."""
    return DASH if value is None else f"{value:z.2f}".replace("-", MINUS)


def coefficient_interval(estimate: Estimate | None) -> str:
    """`0.41 to 0.61`; empty for none."""
    if estimate is None:
        return ""
    return f"{coefficient_text(estimate.low)} to {coefficient_text(estimate.high)}"


def p_text(p: float | None) -> str:
    """`0.012`; below a thousandth only that it is."""
    if p is None:
        return DASH
    return f"< {LEAST_P}" if p < LEAST_P else f"{p:.3f}"


def signed(value: float) -> str:
    """`+12.4`: three significant figures, always with a sign but for zero."""
    text = figures(value)
    return f"+{text}" if value > 0 and any(digit in text for digit in "123456789") else text


def signed_interval(estimate: Estimate) -> str:
    """`−1.9 to −0.6`."""
    return f"{signed(estimate.low)} to {signed(estimate.high)}"


def amount(value: float | None, unit: str) -> str:
    """`84 ms`; a dash for none."""
    return DASH if value is None else with_unit(figures(value), unit)


def difference_text(difference: Estimate, unit: str) -> str:
    """`+31 ms, 95 % interval +12 to +50`."""
    return (
        f"{with_unit(signed(difference.value), unit)}, 95 % interval {signed_interval(difference)}"
    )


def slope_text(slope: Slope | None) -> str:
    """`+3.1 ms per 10 ms`; a dash for none."""
    return DASH if slope is None else f"{signed(slope.value)} {slope.unit}"


def lag_text(minutes: int | None) -> str:
    """`2 h later`, `same hour`: when y moves, against x."""
    if minutes is None:
        return DASH
    if minutes == 0:
        return "same hour"
    return f"{with_unit(str(abs(minutes) // 60), 'h')} {'later' if minutes > 0 else 'earlier'}"


def sessions_text(sessions: int, read_share: float) -> str:
    """`48,210 sessions`; of a part `199,873 sessions, 80.0 % of all, at random`."""
    text = plural(sessions, "session")
    return text if read_share >= 1 else f"{text}, {percent_text(read_share)} of all, at random"


def short_count(value: float) -> str:
    """`212`, `48 k`, `1.20 M`: for the cell of a matrix."""
    if THOUSAND * 10 <= value < MANY * 10:
        return with_unit(f"{value / THOUSAND:.0f}", "k")
    return count(value)
