"""Keys of series, and the figures of incidents that follow from others."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from models.metrics.anomalies.incident import IncidentFigures, IncidentKind
from models.metrics.anomalies.series_key import SeriesKey
from tests.support.clock import NOON

FIGURES = IncidentFigures(
    kind=IncidentKind.DEVIATION, severity="low", started_at=NOON, until=NOON + timedelta(hours=1),
    ended_at=None, peak_at=NOON, scale="sudden", observed=30.0, expected=20.0, low=15.0, high=25.0,
    rho=2.0,
)  # fmt: skip


def test_series_of_an_app_have_short_steps_those_of_a_value_long_ones() -> None:
    of_app, of_value = (
        SeriesKey("client", "a", "drops"),
        SeriesKey("client", "a", "drops", "os", "x"),
    )
    assert (of_app.is_of_app, of_app.step_seconds, of_app.labels) == (True, 300, {})
    assert (of_value.is_of_app, of_value.step_seconds) == (False, 3600)
    assert of_value.labels == {"os": "x"}


@pytest.mark.parametrize(
    ("observed", "expected", "deviation", "percent"),
    [(30.0, 20.0, 10.0, 50.0), (5.0, 0.0, 5.0, None), (None, 20.0, None, None)],
)
def test_the_deviation_is_there_where_both_values_are_there(
    observed: float | None, expected: float, deviation: float | None, percent: float | None
) -> None:
    figures = replace(FIGURES, observed=observed, expected=expected)
    assert (figures.deviation, figures.deviation_percent) == (deviation, percent)
    assert figures.is_ongoing
