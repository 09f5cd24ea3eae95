"""What values a series holds, which direction is bad, and what is said of a step."""

from enum import IntEnum, StrEnum


class SeriesKind(StrEnum):
    """How values vary, which sets their scale and their tails.

    GAUGE: any level, on its own scale. COUNT: events of a step, square root. RATIO: a share of
    0 to 1 with its number of trials, arcsine. LATENCY: a duration, log(1 + x).
    """

    GAUGE = "gauge"
    COUNT = "count"
    RATIO = "ratio"
    LATENCY = "latency"


class Worse(StrEnum):
    """Which deviations are bad; the others stay in the band whatever their size."""

    UP = "up"
    DOWN = "down"
    BOTH = "both"


class StepState(IntEnum):
    """The verdict on one step. Only ANOMALOUS and FROZEN have a score that counts."""

    OK = 0
    ANOMALOUS = 1
    LEARNING = 2
    NO_DATA = 3
    FROZEN = 4
    TOO_FEW = 5


class TimeScale(IntEnum):
    """Which residual left its band first: of the step itself, or of the last three hours."""

    SUDDEN = 0
    SUSTAINED = 1
