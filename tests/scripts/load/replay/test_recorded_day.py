import pytest

from scripts.load.replay.recorded_day import NothingRecorded, of_csv
from tests.support.recorded_days import BUSIEST, START, csv_of_day


def test_a_day_is_its_hours_rates_and_lengths() -> None:
    day = of_csv(csv_of_day(), START)
    assert day.opened.argmax() == BUSIEST
    assert day.opened.sum() == 600 + 300 + 11 * 60
    assert day.rate == pytest.approx(2 / 60, rel=0.01)
    assert day.rates[3] == 0
    assert day.bytes_per_message == 80
    assert day.length_at(0.25) == pytest.approx(300, rel=0.03)
    assert day.length_at(0.75) == pytest.approx(1800, rel=0.03)


def test_services_add_and_load_tests_are_left_out_unless_named() -> None:
    both = csv_of_day() + csv_of_day().partition("\n")[2].replace("chat", "feed")
    assert of_csv(both, START).opened.sum() == 2 * of_csv(csv_of_day(), START).opened.sum()
    test = csv_of_day("load-test")
    assert of_csv(test, START, "load-test").opened.sum() > 0
    for app in ("", "portal"):
        with pytest.raises(NothingRecorded, match="was recorded on 2026-11-20"):
            of_csv(test, START, app)


def test_a_day_without_messages_sends_none() -> None:
    silent = "\n".join(
        ",".join([*line.split(",")[:5], "0", "0", line.split(",")[7]])
        for line in csv_of_day().splitlines()[1:]
    )
    day = of_csv(csv_of_day().partition("\n")[0] + "\n" + silent, START)
    assert (day.rate, day.bytes_per_message) == (0.0, 0)
