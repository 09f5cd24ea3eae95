"""Words for the size of a coefficient."""

from analytics.correlation.results import Strength

MODERATE = 0.3
STRONG = 0.7  # the mark of the product's first description; drawn, and no more
SIGNIFICANT = 0.05


def strength_of(coefficient: float, p_adjusted: float) -> Strength:
    """`none` where chance among so many pairs explains it."""
    if p_adjusted >= SIGNIFICANT:
        return Strength.NONE
    if abs(coefficient) < MODERATE:
        return Strength.WEAK
    return Strength.STRONG if abs(coefficient) >= STRONG else Strength.MODERATE
