"""The list of countries, and how a code becomes words."""

import pytest

from analytics.geo.countries import countries, country_code, country_name, value_name, value_names


def test_the_list_is_iso_3166_and_kosovo() -> None:
    table = countries()
    assert len(table) == 250
    assert {len(code) for code in table} == {2}
    assert all(code == row.code for code, row in table.items())
    assert len({row.alpha3 for row in table.values()}) == 250
    assert len({row.name for row in table.values()}) == 250
    assert {row.continent for row in table.values()} == {
        *("Africa", "Antarctica", "Asia", "Europe", "North America", "Oceania", "South America")
    }


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("BR", "Brazil"), ("CI", "Côte d\u2019Ivoire"), ("TR", "Türkiye"), ("XK", "Kosovo"),
        ("HK", "Hong Kong"), ("PS", "Palestine"), ("unknown", "Unknown country"),
        ("other", "Other countries"), ("EU", "Unknown country (EU)"),
    ],
)  # fmt: skip
def test_a_code_has_a_name_that_people_use(code: str, name: str) -> None:
    assert country_name(code) == value_name("country", code) == name


def test_values_of_other_dimensions_stay() -> None:
    assert value_name("browser", "BR") == "BR"
    assert value_names({"app": "", "incident": "31"}) == ["all apps", "31"]


@pytest.mark.parametrize("text", ["EU", "AP", "ZZ", "AN", "A1", "T1", "XX", "", "Brazil", None, 7])
def test_what_is_no_country_is_unknown(text: object) -> None:
    assert country_code(text) is None


def test_a_code_of_somebody_else_is_read() -> None:
    assert country_code(" xk\n") == "XK"
