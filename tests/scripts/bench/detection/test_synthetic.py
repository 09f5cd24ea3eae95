"""Synthetic series hold what they say, and differ by their seed alone."""

import numpy as np
import pytest

from scripts.bench.detection.rivals import windowed_gaussian
from scripts.bench.detection.shapes import ZONES, noise, usual_shape
from scripts.bench.detection.synthetic import DAYS, MAKERS, synthetic_series


@pytest.mark.parametrize("name", list(MAKERS))
def test_a_series_has_windows_that_do_not_overlap(name: str) -> None:
    series = synthetic_series(np.random.default_rng(3), name, 3600, ZONES[0])
    assert len(series.values) == DAYS[3600] * 24
    assert 3 <= len(series.windows) == len(series.forms)
    assert all(a[1] < b[0] for a, b in zip(series.windows, series.windows[1:], strict=False))
    present = series.values[np.isfinite(series.values)]
    assert (present >= 0.0).all()
    assert series.kind != "ratio" or (present <= 1.0).all()


def test_the_same_seed_draws_the_same() -> None:
    first, second = (
        synthetic_series(np.random.default_rng(4), "drops", 3600, ZONES[1]) for _ in range(2)
    )
    assert np.array_equal(first.values, second.values, equal_nan=True)
    assert first.windows == second.windows


def test_a_new_level_stays_and_comes_once() -> None:
    rng = np.random.default_rng(5)
    forms = [synthetic_series(rng, "latency", 3600, ZONES[0]).forms for _ in range(20)]
    assert {each.count("new level") for each in forms} == {0, 1}
    series = next(
        each for each in (synthetic_series(rng, "latency", 3600, ZONES[0]) for _ in range(50))
        if "new level" in each.forms[:-1]
    )  # fmt: skip
    start = series.windows[series.forms.index("new level")][0]
    end = series.windows[series.forms.index("new level") + 1][0]
    before, after = np.log(series.values[:start]), np.log(series.values[end - 72 : end])
    assert np.nanmedian(after) > np.nanmedian(before) + 2.0 * np.nanstd(before)


def test_a_shape_is_quiet_at_night() -> None:
    shape = usual_shape(np.random.default_rng(1), 14, 3600, ZONES[0])
    night, day = (np.isin(shape.hour, hours) for hours in ([0, 1, 2], [12, 13, 14]))
    assert shape.level[night].mean() < shape.level[day].mean()
    assert noise(np.random.default_rng(1), 20_000, 3600).std() == pytest.approx(1.0, abs=0.1)


def test_a_windowed_gaussian_scores_what_is_far_from_the_mean() -> None:
    series = synthetic_series(np.random.default_rng(3), "connections", 3600, ZONES[0])
    scores = windowed_gaussian(series)
    assert ((scores >= 0.5 - 1e-9) | (scores == 0.0)).all()
    assert scores[np.nanargmax(series.values)] > 0.9
