"""Numbers for people: three significant figures, true minus signs, and no share that lies."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.formatting import numbers
from analytics.formatting.numbers import DASH, MINUS, THIN

amounts = st.floats(-1e15, 1e15, allow_nan=False)
shares = st.floats(0, 1)


def plain(text: str) -> str:
    """The text with plain minus signs and spaces."""
    return text.replace(MINUS, "-").replace(THIN, " ")


def value_of(text: str) -> float:
    return float(plain(text).replace(",", ""))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0"), (-0.2, "0"), (48_210, "48,210"), (999_999, "999,999"), (1e6, "1.00 M"),
        (96_400_000, "96.4 M"), (-1_500_000, "-1.50 M"), (-7, "-7"), (1.2e9, "1,200 M"),
    ],
)  # fmt: skip
def test_counts_are_separated_and_shortened_from_a_million(value: float, expected: str) -> None:
    assert plain(numbers.count(value)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0"), (0.0874, "0.087"), (1.005, "1.00"), (14.26, "14.3"), (1204.4, "1,204"),
        (-0.0001, "0.000"), (-14.26, "-14.3"), (99.94, "99.9"), (9.996, "10.0"), (99.96, "100"),
        (0.9996, "1.00"), (-9.996, "-10.0"), (9.994, "9.99"),
    ],
)  # fmt: skip
def test_figures_keep_three_significant_digits(value: float, expected: str) -> None:
    assert plain(numbers.figures(value)) == expected


@given(amounts)
def test_figures_are_near_their_value_and_have_no_exponent(value: float) -> None:
    text = numbers.figures(value)
    assert "e" not in text
    assert "-" not in text
    assert value_of(text) == pytest.approx(value, rel=0.006, abs=0.0006)


@given(amounts)
def test_a_number_and_its_negative_differ_by_the_sign_alone(value: float) -> None:
    for write in (numbers.figures, numbers.count):
        positive, negative = write(abs(value)), write(-abs(value))
        assert negative in (MINUS + positive, positive)
        assert negative != MINUS + "0"


@pytest.mark.parametrize(
    ("ms", "expected"),
    [
        (None, DASH), (0, "0 ms"), (0.4, "0.400 ms"), (9.99, "9.99 ms"), (84.4, "84 ms"),
        (9_999, "9,999 ms"), (11_400, "11.4 s"), (599_999, "600 s"), (600_000, "10.0 min"),
        (36_000_000, "10.0 h"), (3.6e9, "1,000 h"),
    ],
)  # fmt: skip
def test_durations_change_their_unit_where_it_becomes_unreadable(
    ms: float | None, expected: str
) -> None:
    assert plain(numbers.duration_text(ms)) == expected


@given(st.floats(0, 1e12))
def test_a_duration_read_back_is_the_duration(ms: float) -> None:
    value, unit = numbers.duration(ms)
    length = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000}[unit]
    assert value_of(value) * length == pytest.approx(ms, rel=0.06, abs=0.0006)


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (None, DASH), (0, "0.0 %"), (1, "100.0 %"), (0.923, "92.3 %"), (0.00001, "<0.01 %"),
        (0.0004, "0.04 %"), (0.99999, ">99.99 %"), (0.9995, "99.95 %"), (0.001, "0.1 %"),
    ],
)  # fmt: skip
def test_a_share_is_as_exact_as_it_needs(share: float | None, expected: str) -> None:
    assert plain(numbers.percent_text(share)) == expected


@given(shares)
def test_only_nothing_is_zero_and_only_all_is_a_hundred(share: float) -> None:
    text = numbers.percent(share)
    assert (text in ("0.0", "0.00")) is (share == 0)
    assert (text in ("100.0", "100.00")) is (share == 1)


@pytest.mark.parametrize(
    ("relative", "expected", "unsigned"),
    [
        (0.12, "+12 %", "12 %"), (-0.12, "-12 %", "12 %"), (0.056, "+5.6 %", "5.6 %"),
        (-0.00001, "+0.0 %", "0.0 %"), (0.0, "+0.0 %", "0.0 %"),
        (9.9, "+990 %", "990 %"), (10.0, "11 times", "11 times"),
        (96.43, "97 times", "97 times"), (1.7e7, "over 1,000 times", "over 1,000 times"),
    ],
)  # fmt: skip
def test_a_change_has_a_sign_unless_an_arrow_shows_it(
    relative: float, expected: str, unsigned: str
) -> None:
    assert plain(numbers.change(relative)) == expected
    assert plain(numbers.unsigned_change(relative)) == unsigned


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0 B"), (999, "999 B"), (1000, "1.00 kB"), (148_200_000, "148 MB"),
        (1.5e12, "1.50 TB"), (7e18, "7,000,000 TB"),
    ],
)  # fmt: skip
def test_sizes_are_in_powers_of_a_thousand(value: float, expected: str) -> None:
    assert plain(numbers.size_text(value)) == expected


@given(st.floats(0, 9.9e14))
def test_a_size_is_below_a_thousand_in_its_unit(value: float) -> None:
    unit, divisor = numbers.size_unit(value)
    assert 0 <= value / divisor < 1000
    assert divisor == 1 or value / divisor >= 0.99999
    assert unit == numbers.SIZES[len(str(int(divisor))) // 3]


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (None, DASH), (0, "0 s"), (30, "30 s"), (60, "60 s"), (90, "90 s"), (300, "5 min"),
        (3600, "1 h"), (172_800, "48 h"), (5400, "90 min"), (0.5, "0.5 s"),
    ],
)  # fmt: skip
def test_seconds_are_in_full_units(seconds: float | None, expected: str) -> None:
    assert plain(numbers.seconds_text(seconds)) == expected


def test_value_and_unit_never_break_apart() -> None:
    assert numbers.with_unit("3", "ms") == f"3{THIN}ms"
    assert numbers.with_unit("3", "") == "3"
    assert not re.search(r"[ \n]", numbers.size_text(5e6) + numbers.percent_text(0.5))


@pytest.mark.parametrize(
    ("number", "expected"), [(0, "0 drops"), (1, "1 drop"), (22, "22 drops"), (1000, "1,000 drops")]
)
def test_many_are_plural(number: int, expected: str) -> None:
    assert numbers.plural(number, "drop") == expected
    assert numbers.plural(2, "reply", "replies") == "2 replies"


def test_points_have_a_sign_and_two_decimals_where_fewer_would_hide_them() -> None:
    texts = [plain(numbers.signed_points(each)) for each in (0.021, -0.0004, 0.00092, 0.0)]
    assert texts == ["+2.1 pt", "-0.04 pt", "+0.09 pt", "+0.0 pt"]
