"""Sessions at landmarks."""

from dataclasses import replace

import numpy as np

from analytics.correlation.costs.landmarks import MINUTE_MS, landmark_rows
from scripts.bench.correlation.sessions import Plant, sessions

TABLE = sessions(np.random.default_rng(1), 5, 7, Plant())
MINUTES = np.array([5.0, 25.0, 25.0, 25.0, 8.0])
DROPS = np.array([3.0, 12.0, np.nan, 10.0, np.nan])


def test_dropped_and_others_have_reached_the_same_age() -> None:
    table = replace(TABLE, length_ms=MINUTES * MINUTE_MS, first_drop_ms=DROPS * MINUTE_MS)
    of = landmark_rows(table, [10 * MINUTE_MS, 20 * MINUTE_MS])
    rows = [*zip(of.session.tolist(), of.landmark.tolist(), of.is_dropped.tolist(), strict=True)]
    # 0 and 4 end before ten minutes; 1 is among the others until its drop; 2 never drops.
    assert sorted(rows) == [
        (1, 0, False), (1, 1, True), (2, 0, False), (2, 1, False), (3, 0, True),
    ]  # fmt: skip
    assert of.age_ms.tolist() == [(1 + each) * 10 * MINUTE_MS for each in of.landmark]
