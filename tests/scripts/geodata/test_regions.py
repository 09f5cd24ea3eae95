"""The table of regions, from names as the CLDR has them."""

from analytics.geo import regions as table
from scripts.geodata import regions


def test_a_region_a_line_without_the_marks_of_equal_names() -> None:
    names = {"frj": "Île-de-France", "fridf": "Île-de-France²", "brsp": "São Paulo"}
    assert regions.text(names) == ("BR-SP\tSão Paulo\nFR-IDF\tÎle-de-France\nFR-J\tÎle-de-France\n")


def test_the_licence_stands_beside_the_table() -> None:
    assert "UNICODE LICENSE V3" in regions.LICENSE.read_text(encoding="utf-8")
    assert len(table.regions()) == len(regions.TARGET.read_text(encoding="utf-8").splitlines())
