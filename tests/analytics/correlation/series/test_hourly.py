"""The hour of the week on the clock of the app's zone, over a change of that clock."""

from datetime import UTC, datetime

import numpy as np

from analytics.correlation.series.hourly import HOURS_OF_WEEK, HourlySeries


def test_hours_of_the_week_follow_the_local_clock() -> None:
    first = int(datetime(2026, 3, 28, 23, tzinfo=UTC).timestamp())  # Sunday 0:00 in Berlin
    hours = first + 3600 * np.arange(48)
    series = HourlySeries(
        zone="Europe/Berlin", hours=hours, values={}, n={}, reports=np.zeros(48)
    )  # fmt: skip
    numbers = series.hour_of_week
    assert numbers[:4].tolist() == [144, 145, 147, 148]  # there is no 2:00 on that day
    assert numbers[22:25].tolist() == [167, 0, 1]
    assert {*numbers} <= {*range(HOURS_OF_WEEK)}
    india = HourlySeries(
        zone="Asia/Kolkata", hours=hours, values={}, n={}, reports=np.zeros(48)
    ).hour_of_week
    assert india[:3].tolist() == [148, 149, 150]
