"""Fits leave out windows: of one series what people called expected, of processes load tests."""

from datetime import datetime

import numpy as np

from analytics.anomalies.judging.fitting import without_windows
from analytics.anomalies.series.catalogue import is_server_wide
from analytics.anomalies.series.reading import SeriesArrays
from models.metrics.anomalies.series_key import SeriesKey
from tests.support.clock import NOON


def test_a_step_that_a_window_touches_is_left_out() -> None:
    keys = [SeriesKey("server", "portal", name) for name in ("loop_lag", "opened")]
    seconds = (int(NOON.timestamp()) + np.arange(4) * 300).astype(np.int64)
    ones = np.ones((2, 4))
    arrays = SeriesArrays(keys, seconds, ones, ones, ones)
    begin = datetime.fromtimestamp(seconds[1] + 299, NOON.tzinfo)
    window = (begin, datetime.fromtimestamp(seconds[2] + 1, NOON.tzinfo))
    left = without_windows(arrays, [[window], []]).values
    assert np.isnan(left[0]).tolist() == [False, True, True, False]
    assert left[1].tolist() == [1.0] * 4


def test_gauges_of_processes_are_those_that_load_tests_share_with_people() -> None:
    shared = {"loop_lag", "memory_bytes", "descriptors", "outbox_bytes"}
    names = ("loop_lag", "memory_bytes", "descriptors", "outbox_bytes", "opened", "latency")
    assert {name for name in names if is_server_wide(SeriesKey("server", "a", name))} == shared
    assert not is_server_wide(SeriesKey("client", "a", "drops"))
