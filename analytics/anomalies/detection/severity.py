"""Severity of a step or an incident by rho, the deviation in widths of its band."""

from enum import StrEnum

LOW, MEDIUM, HIGH = 1.05, 1.5, 2.5  # the least rho of each


class Severity(StrEnum):
    """How far outside its band the largest deviation was."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


def severity(rho: float) -> Severity | None:
    """The severity of `rho`; none below 1.05 and for NaN."""
    for least, name in ((HIGH, Severity.HIGH), (MEDIUM, Severity.MEDIUM), (LOW, Severity.LOW)):
        if rho >= least:
            return name
    return None
