"""The page writes numbers in two languages, Python and the browser's: they must read the same."""

import itertools
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from dashboard.core import numbers
from settings import CHECKOUT

SCRIPT = CHECKOUT / "assets" / "dashboard" / "numbers.js"
EDGES = (0, 0.0004, 0.01, 0.1, 0.5, 1, 9.99, 10, 99.5, 99.95, 100, 999.5, 1000, 9999.5, 10_000)
LARGE = (59_999, 600_000, 999_999, 1e6, 1_250_000, 36e6, 1e8, 123_456_789, 86.4e6)
# Halves a double holds exactly; of 0.0005, which it does not, each language has its own view.
TIES = (0.125, 0.0625, 2.5, 3.5, 12.25, 12.75, 12.5, 1.125, 2_500, 625.5, 15_250, 150_500)
NUMBERS = [
    value + shift for value, shift in itertools.product((*EDGES, *LARGE, *TIES), (0, 1e-9, -1e-9))
]
SHARES = [0, 1e-9, 0.0004, 0.001, 0.00125, 0.0625, 1 / 3, 0.5, 0.99, 0.999, 0.9994, 0.9999999, 1]


def of_the_browser(page: Page, values: list[float | None], kind: str) -> list[str]:
    page.add_script_tag(path=SCRIPT)
    texts: list[str] = page.evaluate("([values, kind]) => values.map(v => asText(v, kind))", [
        values, kind,
    ])  # fmt: skip
    return texts


@pytest.mark.parametrize(
    ("kind", "of_python", "values"),
    [
        ("count", numbers.count, [*NUMBERS, *(-value for value in NUMBERS)]),
        ("number", numbers.figures, [*NUMBERS, *(-value for value in NUMBERS)]),
        ("ms", numbers.duration_text, NUMBERS),
        ("share", numbers.percent_text, SHARES),
        ("seconds", lambda value: numbers.with_unit(numbers.figures(value), "s"), NUMBERS),
    ],
)
def test_a_number_reads_the_same_in_both(
    page: Page, kind: str, of_python: Callable[[float], str], values: list[float]
) -> None:
    texts = of_the_browser(page, [*values], kind)
    assert dict(zip(values, texts, strict=True)) == {value: of_python(value) for value in values}


@pytest.mark.parametrize("kind", ["count", "number", "ms", "share", "seconds"])
def test_none_is_a_dash_in_both(page: Page, kind: str) -> None:
    assert of_the_browser(page, [None], kind) == [numbers.DASH]
