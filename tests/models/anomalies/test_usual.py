"""Stored bands added up over the steps of a chart, of one app and of all."""

from datetime import timedelta

import pytest

from models.anomalies import usual
from models.database.engine import Database
from models.metrics.anomalies.series_key import SeriesKey
from tests.support.anomalies.judged_series import DROPS, JudgedSeries, Plant, store_series
from tests.support.clock import NOON

HOUR = timedelta(hours=1)
EDGES = [NOON - 2 * HOUR, NOON - HOUR, NOON]
ANY = SeriesKey("client", "", "")


def test_bands_are_added_up_by_series_and_step(database: Database) -> None:
    plant = Plant(before=HOUR, length=HOUR, factor=3.0)
    with database.transaction() as connection:
        _, (incident,) = store_series(connection, JudgedSeries(swing=0, plants=[plant]), NOON, 1)
        active = JudgedSeries(key=SeriesKey("server", "portal", "active"), swing=0)
        store_series(connection, active, NOON, 1)
        metrics = [("client", "drops"), ("server", "active")]
        sums, spans = usual.read(connection, metrics, ANY, EDGES)
        assert {(each.source, each.number) for each in sums} == {
            (source, number) for source, _ in metrics for number in (0, 1)
        }
        first = next(each for each in sums if each.source == "client")
        assert (first.app, first.steps, first.banded, first.n) == ("portal", 12, 12, 1440)
        assert first.low == pytest.approx(12 * 28)
        assert first.below == first.above == pytest.approx(12 * 12**2)
        assert first.weighted_above == pytest.approx(12 * (120 * 12) ** 2, rel=1e-6)
        assert first.weighted_high == pytest.approx(1440 * 52, rel=1e-6)
        assert [(each.incident_id, each.started_at) for each in spans] == [(incident, NOON - HOUR)]
        of_brazil = SeriesKey("client", "", "", "country", "BR")
        assert {each.source for each in usual.read(connection, metrics, of_brazil, EDGES)[0]} == {
            "server"
        }
        other = SeriesKey("client", "kiosk", "")
        assert usual.read(connection, [(DROPS.source, DROPS.metric)], other, EDGES) == ([], [])


@pytest.mark.parametrize(
    ("bounds", "below", "above"),
    [((0, 1, 3), 4, 4), ((0.5, 0.9, 1), 0.16, 0.16), ((1, 3, 9), 4, 36)],
)
def test_a_bound_that_is_cut_to_what_is_possible_is_as_far_as_the_other(
    database: Database, bounds: tuple[float, float, float], below: float, above: float
) -> None:
    low, expected, high = bounds
    with database.transaction() as connection:
        store_series(connection, JudgedSeries(swing=0), NOON, 1)
        connection.exec_driver_sql(
            f"UPDATE anomaly_steps SET low = {low}, expected = {expected}, high = {high}"
        )
        (first, _), _ = usual.read(connection, [(DROPS.source, DROPS.metric)], ANY, EDGES)
    assert (first.below, first.above) == pytest.approx((12 * below, 12 * above), rel=1e-5)
