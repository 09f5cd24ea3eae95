"""Populations whose figures are exact, samples of them, and the table of coverages."""

import numpy as np
import pytest

from analytics.reports.segments.figures import FIGURES, figures_of
from scripts.bench.coverage.__main__ import table
from scripts.bench.coverage.population import LARGEST, drawn
from scripts.bench.coverage.rounds import BESIDE_OTHERS, Tally
from scripts.bench.coverage.sample import sampled


def test_a_large_sample_has_the_true_figures() -> None:
    rng = np.random.default_rng(3)
    of = drawn(rng, 1_500)
    assert of.trips.min() >= 1
    assert of.trips.max() <= LARGEST
    assert {*of.truth} == {*FIGURES}
    sample = sampled(rng, of, 15_000)
    figures = figures_of(sample, sample.moments)
    for key in ("latency_p50_ms", "connect_success", "stability", "drops_per_session_hour"):
        assert figures[key].value[0] == pytest.approx(of.truth[key], rel=0.15), key


def test_the_table_has_coverage_sides_and_how_often_there_is_an_interval() -> None:
    tally = Tally()
    for low, high in ((0.0, 2.0), (0.0, 0.5), (1.5, 2.0), (0.5, 1.5), (np.nan, np.nan)):
        tally.count(("stability", 30), low, high, 1.0)
    lines = {line[:36].strip(): line[36:].strip() for line in table(tally, (30,))}
    assert lines["stability"] == "0.500 ±0.250 (0.250 0.250) 80%"
    assert lines["error_rate"] == lines[f"{BESIDE_OTHERS}stability"] == "too few"
