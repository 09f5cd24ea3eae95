"""Small versions of the bench: what is unrelated, planted and confounded, and the tally."""

from collections import Counter

import numpy as np
import pytest

from analytics.correlation.results import Estimate
from scripts.bench.correlation import __main__ as command
from scripts.bench.correlation import over_time, per_session, speed
from scripts.bench.correlation.hours import MONTH, noise
from scripts.bench.correlation.sessions import Plant, sessions
from scripts.bench.correlation.tally import Tally


def test_unrelated_hours_are_called_so() -> None:
    random = np.random.default_rng(1)
    total = sum((over_time.unrelated(random) for _ in range(5)), Counter())
    assert total["figures"] / total["pairs"] > 0.9
    assert total["plain"] / total["pairs"] > 0.9
    assert total["significant"] / total["figures"] < 0.1  # 180 pairs of 5 % each


def test_planted_hours_come_out() -> None:
    random = np.random.default_rng(2)
    total = sum((over_time.planted(random) for _ in range(12)), Counter())
    assert total["sign"] == total["rounds"] == 12
    assert total["size within 0.15"] >= 11
    assert total["lag"] >= 11


def test_intervals_hold_the_truth() -> None:
    random, tally = np.random.default_rng(3), Tally()
    for _ in range(2):
        over_time.related(random, tally, MONTH // 2)
        over_time.sloped(random, tally)
    case = per_session.CASES[1]
    true = {name: of.value for name, of in per_session.figures(case, random, 20_000, 30) if of}
    for _ in range(6):
        per_session.round_of(case, random, true, tally)
    n = sum(tally.intervals.values())
    outside = sum(tally.under.values()) + sum(tally.over.values())
    assert n > 150
    assert 1.0 - outside / n == pytest.approx(0.95, abs=0.05)


def test_the_tally_has_coverage_sides_and_how_often_there_is_an_interval() -> None:
    tally = Tally()
    for low, high in ((0.0, 2.0), (0.0, 0.5), (1.5, 2.0), (0.5, 1.5)):
        tally.add("figure", Estimate(value=1.0, low=low, high=high), 1.0)
    tally.add("figure", None, 1.0)
    tally.add("nothing", None, 1.0)
    figure, nothing = tally.lines()
    assert figure.split()[1:] == ["0.500", "±0.250", "(0.250", "0.250)", "80%"]
    assert nothing.endswith("no interval")
    assert tally.within(0.93, 0.97) == (0, 0, 0)
    for _ in range(100):
        tally.add("wrong", Estimate(value=0.0, low=0.0, high=0.5), 1.0)
    assert tally.within(0.93, 0.97) == (1, 0, 1)


def test_memory_lasts_from_hour_to_hour() -> None:
    series = noise(np.random.default_rng(4), 20_000, 0.8)
    assert series.std() == pytest.approx(1.0, abs=0.1)
    assert np.corrcoef(series[1:], series[:-1])[0, 1] == pytest.approx(0.8, abs=0.03)


def test_simulated_sessions_have_what_is_planted() -> None:
    table = sessions(np.random.default_rng(5), 5_000, 7, Plant(drops=3.0, after=0.5))
    assert np.isfinite(table.first_drop_ms).mean() > 0.4
    assert (np.isfinite(table.first_drop_ms) == (table.drops > 0)).all()
    minutes = np.add.reduceat(table.ages.visible_minutes, table.ages.first[:-1])
    np.testing.assert_allclose(minutes, table.length_ms / 60_000.0)


def test_the_command_prints_its_parts(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    small = per_session.Case(name="slow country", plant=Plant(slow=2.0), number=400, days=8)
    length = per_session.Case(name="length alone", plant=Plant(), number=400, days=8)
    monkeypatch.setattr(command, "CASES", (small, length))
    monkeypatch.setattr(per_session, "TRUTH_ROUNDS", 1)
    monkeypatch.setattr(per_session, "TRUTH_SESSIONS", 400)
    monkeypatch.setattr(over_time, "MEMORIES", ((0.5, 0.5),))
    monkeypatch.setattr(speed, "SESSIONS", 400)
    monkeypatch.setattr(speed, "TIMES", 1)
    parts = ["null", "planted", "confounded", "coverage", "speed"]
    arguments = ["bench", "--seed", "1", "--rounds", "1", "--null-rounds", "1", *parts]
    monkeypatch.setattr("sys.argv", arguments)
    command.main()
    printed = capsys.readouterr().out
    for text in ("seed 1", "unrelated hours, 1 runs of 36 pairs", "planted hours", "ms of CPU"):
        assert text in printed
    assert "explained by country" in printed
