"""What is expected of a series, by which method, and why by this one."""

from dataclasses import dataclass
from enum import StrEnum

from analytics.anomalies.detection.steps import Floats


class Method(StrEnum):
    """By what the next steps are expected: a forecast by Prophet; the same hour of 14 days; the
    level of the last hours, before there are two days."""

    PROPHET = "prophet"
    USUAL_HOUR = "usual hour"
    LEARNING = "learning"


class Reason(StrEnum):
    """Why the forecast is not by Prophet."""

    TOO_SHORT = "too few days of values"
    TOO_FEW = "too few hours have values"
    CONSTANT = "the value never changes"
    NO_BETTER = "Prophet is no better"
    FIT_FAILED = "Prophet cannot be fitted"
    OUT_OF_TIME = "the fits took longer than they may"
    NO_PROCESS = "the process of Prophet ended"


@dataclass(frozen=True, slots=True)
class Errors:
    """Mean absolute errors one step ahead over the last week, in the unit of the metric, both with
    the short memory of the detector; `points`: the steps they are means of. NaN: not measured."""

    usual_hour: float = float("nan")
    prophet: float = float("nan")
    points: int = 0


@dataclass(frozen=True, slots=True)
class Expectation:
    """Of one series. `reason`: why not Prophet, `None` for Prophet; `fault`: its own text.

    `past` [T], `future` [F], in the unit of the metric, without the detector's short memory: what
    Prophet expected before the steps of the last week, and of the steps ahead. NaN where the usual
    hour is expected, as `Steps.expected` wants it.
    """

    method: Method
    reason: Reason | None
    errors: Errors
    past: Floats
    future: Floats
    fault: str = ""
