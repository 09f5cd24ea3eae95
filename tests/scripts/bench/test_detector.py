"""The bench of the detector prints the figures of folders, synthetic series and cost."""

import json
from pathlib import Path

import numpy as np
import pytest

from scripts.bench import detector


def test_figures_of_a_folder_and_of_cost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start = np.datetime64("2026-09-01T00:00:00")
    stamps = [str(start + np.timedelta64(i, "h")).replace("T", " ") for i in range(480)]
    values = np.random.default_rng(1).normal(100.0, 5.0, 480)
    values[400:404] += 80.0
    rows = [f"{stamp},{value:.3f}" for stamp, value in zip(stamps, values, strict=True)]
    (tmp_path / "a.csv").write_text("timestamp,value\n" + "\n".join(rows) + "\n")
    window = [f"{stamps[395]}.000000", f"{stamps[410]}.000000"]
    (tmp_path / "combined_windows.json").write_text(json.dumps({"a.csv": [window]}))
    assert detector.main(["--folder", str(tmp_path), "--runs", "0", "--series", "2"]) == 0
    printed = capsys.readouterr().out
    assert "1 of 1 incidents found" in printed
    assert "2 hourly series: 30 days fitted and judged" in printed
