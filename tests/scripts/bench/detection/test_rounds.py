"""The bench of rounds measures what it says."""

import pytest

from models.database.engine import Database
from scripts.bench.detection import rounds


def test_the_newest_steps_of_all_series_are_judged(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    rounds.measure_newest(database, 1)
    assert "newest steps of 50 series: 50 steps judged" in capsys.readouterr().out
