"""What is stored of a series comes back as it was, and goes to the store as it takes it."""

import msgspec
import numpy as np

from analytics.anomalies.incidents.parts import Run
from analytics.anomalies.judging import columns
from analytics.anomalies.judging.stored import StoredBands, StoredMemory, forecast_values
from models.metrics.anomalies.incident import IncidentKind
from tests.analytics.anomalies.judging.test_marks import OK, verdicts_of
from tests.support.clock import NOON


def test_bands_come_back_with_their_forecast() -> None:
    future = np.array([1.5, np.nan, 3.0])
    bands = StoredBands({"spread": [1.0]}, np.inf, 600, forecast_values(future))
    read = StoredBands.of_record(msgspec.json.decode(msgspec.json.encode(bands.record())))
    assert read == bands
    expected = read.expected(np.array([300, 600, 900, 1200, 1500]), 300)
    np.testing.assert_array_equal(expected, [np.nan, 1.5, np.nan, 3.0, np.nan])
    usual = StoredBands({}, 6.0, 600, forecast_values(np.array([np.nan])))
    assert np.isnan(StoredBands.of_record(usual.record()).expected(np.array([600]), 300)).all()


def test_memory_comes_back_with_the_run_it_ends_with() -> None:
    for run in (None, Run(IncidentKind.NO_DATA, NOON, 5, 7.0)):
        memory = StoredMemory({"level": 1.0}, run)
        record = msgspec.json.decode(msgspec.json.encode(memory.record()))
        assert StoredMemory.of_record(record) == memory


def test_steps_are_written_without_what_is_not_finite() -> None:
    second = int(NOON.timestamp())
    values = np.array([[1.0, np.nan]])
    written = columns.step_columns(
        [7],
        np.array([second, second + 300]),
        values,
        (values, values * 1e12),
        verdicts_of([OK, OK]),
    )
    assert written["observed"] == [1.0, None]
    assert written["n"] == [1, None]
    assert written["sessions"] == [2**31 - 1, None]
    assert (written["series_id"], written["starts_at"][0]) == ([7, 7], NOON)
    assert columns.numbers(np.array([np.inf, 1e31, 2.0])) == [None, None, 2.0]
