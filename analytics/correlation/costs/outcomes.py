"""What people do after a first drop: interactions, errors, and how long they stay."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.correlation.costs.comparing import Rows
from analytics.correlation.costs.landmarks import MINUTE_MS, LandmarkRows, landmark_rows
from analytics.correlation.persession.strata import joined
from analytics.correlation.sessions.table import AGE_SECONDS, MOST_AGES, SessionTable
from models.metrics.dimensions import SEGMENTS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MINUTES_AFTER = AGE_SECONDS // 60
HOUR_MINUTES = 60.0
# Of the time left: dense at first, as most drops and most ends are early. It counts up to an hour
# (a restricted mean: Royston and Parmar 2013, BMC Medical Research Methodology 13), as tabs left
# open overnight would decide it else.
LEFT_AT_MINUTES = (1, 2, 3, 5, 7, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 480, 720)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One of the figures of a cost, a ratio in `unit`. What all people of a day add up to is in
    `total_unit`: `total_scale` times the ratio times its base. `less` as opposed to more."""

    key: str
    label: str
    unit: str
    total_unit: str
    total_scale: float = 1.0
    less: str = "fewer"


INTERACTIONS = Outcome(
    key="interactions_per_minute",
    label="Interactions",
    unit="per minute",
    total_unit="interactions",
)
ERRORS = Outcome(
    key="ux_errors_per_hour",
    label="Page errors",
    unit="per hour",
    total_unit="page errors",
    total_scale=1.0 / HOUR_MINUTES,
)
TIME_LEFT = Outcome(
    key="time_left_minutes",
    label="Time they stayed, of the next hour",
    unit="min",
    total_unit="hours",
    total_scale=1.0 / HOUR_MINUTES,
    less="less",
)


def outcome_rows(table: SessionTable, day: Ints, days: int) -> list[tuple[Outcome, Rows]]:
    """The rows of each outcome; `day` [S] numbers the days from 0 to before `days`."""
    strata = joined([table.dimensions[name].codes.astype(np.int64) for name in SEGMENTS])
    most = int(min(MOST_AGES - 1, np.diff(table.ages.first).max(initial=1) - 1))
    rows = landmark_rows(table, [AGE_SECONDS * 1000.0 * (age + 1) for age in range(most)])
    # The bin that begins at a landmark; reports may end a moment before the length says.
    at = table.ages.first[rows.session] + rows.landmark + 1
    inside = at < table.ages.first[rows.session + 1]
    rows, at = _some(rows, inside), at[inside]
    visible = table.ages.visible_minutes[at]
    cell, of_day = _cells(rows, strata), day[rows.session]
    weight = table.weight[rows.session]

    def per_visible(amount: Floats, scale: float) -> Rows:
        value = scale * amount / np.where(visible > 0, visible, 1.0)
        return Rows(value, visible * weight, cell, of_day, rows.is_dropped, days)

    left = landmark_rows(table, [MINUTE_MS * minutes for minutes in LEFT_AT_MINUTES])
    minutes = (table.length_ms[left.session] - left.age_ms) / MINUTE_MS
    minutes = np.minimum(minutes, HOUR_MINUTES)
    of_left = Rows(
        minutes, table.weight[left.session], _cells(left, strata), day[left.session],
        left.is_dropped, days,
    )  # fmt: skip
    return [
        (INTERACTIONS, per_visible(table.ages.interactions[at], 1.0)),
        (TIME_LEFT, of_left),
        (ERRORS, per_visible(table.ages.ux_errors[at], HOUR_MINUTES)),
    ]


def _some(rows: LandmarkRows, which: NDArray[np.bool]) -> LandmarkRows:
    return LandmarkRows(
        rows.session[which], rows.landmark[which], rows.is_dropped[which], rows.age_ms[which]
    )


def _cells(rows: LandmarkRows, strata: Ints) -> Ints:
    return joined([strata[rows.session], rows.landmark])
