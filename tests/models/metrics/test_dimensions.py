"""The stored key of two values: sides in the order of the pairs, whatever order they come in."""

import pytest

from models.metrics.dimensions import DIMENSIONS, PAIR_SIDES, PAIRS, pair_key


@pytest.mark.parametrize(
    "values", [{"country": "BR", "browser": "Chrome"}, {"browser": "Chrome", "country": "BR"}]
)
def test_the_sides_have_an_order(values: dict[str, str]) -> None:
    assert pair_key(values) == ("country+browser", "BR\x1fChrome")


@pytest.mark.parametrize("names", [("browser", "page"), ("country",), (), (*DIMENSIONS,)])
def test_other_dimensions_have_no_key(names: tuple[str, ...]) -> None:
    with pytest.raises(KeyError):
        pair_key(dict.fromkeys(names, "x"))


def test_a_region_stands_beside_its_country_alone() -> None:
    assert [pair for pair in PAIRS if "region" in pair] == [("country", "region")]
    assert {*PAIR_SIDES} - {*DIMENSIONS} == {"region"}
