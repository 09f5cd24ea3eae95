"""The sides of the pairs of sessions."""

from dataclasses import replace

import numpy as np

from analytics.correlation.measures import EXPOSURES, OUTCOMES
from analytics.correlation.persession.columns import LEAST_ROUND_TRIPS, LEAST_TIME_MS, columns
from scripts.bench.correlation.sessions import Plant, sessions

TABLE = sessions(np.random.default_rng(1), 50, 7, Plant())


def test_each_measure_has_a_column_in_its_unit() -> None:
    table = replace(
        TABLE,
        open_ms=np.full(50, 1_800_000.0),
        drops=np.full(50, 2.0),
        visible_ms=np.full(50, 120_000.0),
        interactions=np.full(50, 8.0),
        messages=np.full(50, 200.0),
        errors=np.full(50, 3.0),
    )
    of = columns(table)
    assert {*of} == {each.key for each in (*EXPOSURES, *OUTCOMES)}
    assert (of["drops_per_hour"] == 4.0).all()
    assert (of["interactions_per_minute"] == 4.0).all()
    assert (of["error_rate"] == 1.5).all()


def test_sessions_that_say_nothing_are_missing() -> None:
    table = replace(
        TABLE,
        open_ms=np.full(50, LEAST_TIME_MS - 1),
        messages=np.zeros(50),
        without_connection_ms=np.full(50, np.nan),
        latency_n=np.full(50, LEAST_ROUND_TRIPS - 1.0),
    )
    of = columns(table)
    for key in ("drops_per_hour", "error_rate", "without_connection", "latency_p95_ms"):
        assert np.isnan(of[key]).all(), key
