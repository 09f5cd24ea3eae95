"""Points of arrays, encoded and posted: what has no rows has no point."""

from datetime import timedelta

import numpy as np
import pytest

from analytics.otlp import encoding, reading, receiver
from analytics.otlp.exported import exported
from analytics.otlp.points import BOUNDS_S, Owner, points_of
from analytics.otlp.receiver import NotExported
from analytics.query.arrays import Arrays
from analytics.query.query import SeriesSource
from models.database.engine import Database
from models.metrics.grid import Grid
from settings import Settings
from tests.support.clock import NOON
from tests.support.receivers.otlp_receiver import otlp_receiver

GRID = Grid.uniform(NOON - timedelta(minutes=2), 60, 2)
(DROPS,) = (each for each in exported(SeriesSource.CLIENT) if each.key == "drops")


def test_a_minute_without_rows_has_no_point() -> None:
    observed = np.array([[3.0, 0.0], [1.0, 1.0]])
    sums = {"drops": np.array([[2.0, 0.0], [0.0, 4.0]]), "reports": observed}
    arrays = Arrays(labels=[{"app": "a"}, {"app": "b"}], grid=GRID, observed=observed, sums=sums)
    points = list(points_of(DROPS, arrays, [Owner({"service.name": name}) for name in "ab"]))
    assert [(each.resource["service.name"], each.start, each.value) for each in points] == [
        ("a", GRID.start, 2.0), ("b", GRID.start, 0.0), ("b", GRID.edges[1], 4.0),
    ]  # fmt: skip


def test_bounds_rise_from_a_tenth_of_a_millisecond_to_a_day() -> None:
    assert list(BOUNDS_S) == sorted(BOUNDS_S)
    assert BOUNDS_S[0] == pytest.approx(0.0001 * 1.04**4, rel=0.01)
    assert BOUNDS_S[-1] > 80_000


def test_an_empty_store_has_no_points(database: Database) -> None:
    assert reading.read(database, GRID) == []


def test_what_a_receiver_replies_is_the_reason() -> None:
    with otlp_receiver() as away:
        settings = Settings(otel_exporter_otlp_endpoint=away.url)
        receiver.post(settings, encoding.encode([]))
        away.status = 413
        with pytest.raises(NotExported, match=r"/otlp/v1/metrics: 413 "):
            receiver.post(settings, b"")
    with pytest.raises(NotExported, match="Connection refused"):
        receiver.post(settings, b"")
    assert len(away.requests) == 1
