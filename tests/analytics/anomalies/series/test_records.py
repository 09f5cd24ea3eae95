"""Bands and memory come back from JSON as they were."""

from dataclasses import fields
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from analytics.anomalies.detection.bands import Bands, Memory
from analytics.anomalies.detection.kinds import SeriesKind
from analytics.anomalies.detection.replay import replay
from analytics.anomalies.detection.steps import History, Steps
from analytics.anomalies.series import records

ZONE = ZoneInfo("America/Sao_Paulo")


def test_what_was_fitted_is_the_same_after_a_round_trip_through_json() -> None:
    generator = np.random.default_rng(16)
    timestamps = 1_770_000_000 // 3600 * 3600 + np.arange(24 * 4) * 3600
    values = generator.poisson(30, (2, len(timestamps))).astype(np.float64)
    values[1] = np.nan  # of a series without data spreads are infinite
    history = History(Steps(timestamps, values), SeriesKind.COUNT, 3600, ZONE, holidays=(20486,))
    result = replay(history)
    bands, memory = (
        msgspec.json.decode(msgspec.json.encode(each))
        for each in (records.bands_records(result.bands), records.memory_records(result.memory))
    )
    assert records.group_of(bands[0]) == records.group_of(bands[1])
    read = records.bands_of(bands)
    for field in fields(Bands):
        stored, own = getattr(read, field.name), getattr(result.bands, field.name)
        if isinstance(own, np.ndarray):
            np.testing.assert_allclose(stored, own, rtol=1e-8)
        else:
            assert stored == own
    after = records.memory_of(memory)
    for field in fields(Memory):
        np.testing.assert_array_equal(
            getattr(after, field.name), getattr(result.memory, field.name)
        )


def test_bands_stored_before_their_highest_value_was_are_read_without_a_limit() -> None:
    timestamps = 1_770_000_000 // 3600 * 3600 + np.arange(24 * 4) * 3600
    steps = Steps(timestamps, np.full((1, len(timestamps)), 30.0))
    (record,) = records.bands_records(replay(History(steps, SeriesKind.COUNT, 3600)).bands)
    assert record.pop("highest") == 30.0
    assert np.isnan(records.bands_of([record]).highest).all()
