"""Countries by their names."""

from analytics.formatting.countries import country_name


def test_a_code_of_iso_3166_has_a_name_and_another_is_its_own() -> None:
    assert country_name("BR") == "Brazil"
    assert country_name("CI") == "Côte d\u2019Ivoire"
    assert country_name("unknown") == "unknown"
