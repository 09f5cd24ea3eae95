"""The benchmark's score on cases worked by hand; folders of labelled files; incidents counted."""

import json
from pathlib import Path

import numpy as np
import pytest

from scripts.bench.detection.counting import Counts, counts_of, nab_scores
from scripts.bench.detection.labelled import LabelledSeries, read_folder
from scripts.bench.detection.nab_score import PROFILES, best_score, points_of, probation, score_at

STANDARD, LOW_FALSE, LOW_MISSED = PROFILES
WINDOW = (60, 79)


def scores_at(*steps: int, value: float = 0.9) -> np.ndarray:
    scores = np.zeros(200)
    scores[list(steps)] = value
    return scores


def test_a_detection_at_the_start_of_each_window_is_perfect() -> None:
    points = points_of([(scores_at(60), [WINDOW])])
    assert [score_at(points, profile, 0.5) for profile in PROFILES] == pytest.approx([100.0] * 3)


def test_no_detection_scores_nothing() -> None:
    points = points_of([(scores_at(), [WINDOW])])
    assert [score_at(points, profile, 0.5) for profile in PROFILES] == [0.0, 0.0, 0.0]


def test_a_late_detection_scores_by_the_sigmoid() -> None:
    points = points_of([(scores_at(70, 75), [WINDOW])])
    half = (2.0 / (1.0 + np.exp(-2.5)) - 1.0) / (2.0 / (1.0 + np.exp(-5.0)) - 1.0)
    assert score_at(points, STANDARD, 0.5) == pytest.approx(100.0 * (half + 1.0) / 2.0)
    assert score_at(points, LOW_MISSED, 0.5) == pytest.approx(100.0 * (half + 2.0) / 3.0)


def test_a_false_detection_costs_by_its_distance() -> None:
    before, after = (points_of([(scores_at(60, step), [WINDOW])]) for step in (50, 80))
    assert score_at(before, STANDARD, 0.5) == pytest.approx(100.0 * (2.0 - 0.11) / 2.0)
    near = 2.0 / (1.0 + np.exp(5.0 / 19.0)) - 1.0
    assert score_at(after, LOW_FALSE, 0.5) == pytest.approx(100.0 * (2.0 + 0.22 * near) / 2.0)


def test_the_best_threshold_leaves_out_what_is_false() -> None:
    scores = scores_at(60) + scores_at(30, 40, 120, value=0.7)
    assert best_score(points_of([(scores, [WINDOW])]), STANDARD) == pytest.approx((100.0, 0.9))
    nothing = points_of([(scores_at(120), [WINDOW])])
    assert best_score(nothing, STANDARD)[0] == pytest.approx(0.0)


def test_the_first_points_are_not_judged() -> None:
    assert (probation(200), probation(10_000)) == (30, 750)
    assert points_of([(scores_at(3), [(2, 5)])]).windows == 0


def test_incidents_are_counted_over_gaps_of_twelve_hours() -> None:
    series = LabelledSeries("a", 3600 * np.arange(200), np.zeros(200), [WINDOW], forms=("shift",))
    counts = counts_of(series, scores_at(65, 85, 120, 130, 160), 0.5)
    assert (counts.labelled, counts.detected, counts.false) == (1, 1, 3)
    assert counts.days == pytest.approx(199 / 24 * 0.85)
    assert counts_of(series, scores_at(65), 0.5, "shift") == Counts(1, 1)
    assert counts_of(series, scores_at(65), 0.5, "drift") == Counts(0, 0)
    assert nab_scores([series], [scores_at(60)])["standard of incidents"] == pytest.approx(100.0)


def test_a_folder_of_labelled_files_is_read(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    rows = [f"2026-09-0{day} 00:00:00,{day}" for day in range(1, 7)]
    (tmp_path / "real/a.csv").write_text("timestamp,value\n" + "\n".join(rows) + "\n")
    window = ["2026-09-02 00:00:00.000000", "2026-09-04 00:00:00.000000"]
    (tmp_path / "combined_windows.json").write_text(json.dumps({"real/a.csv": [window]}))
    [series] = read_folder(tmp_path)
    assert (series.name, series.windows, series.values.tolist()) == (
        "real/a.csv", [(1, 3)], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
    )  # fmt: skip
    assert series.timestamps[0] == 1_788_220_800
