"""Names of regions: by code, of files that have names, and of codes that no list has."""

import re

from hypothesis import given
from hypothesis import strategies as st

from analytics.geo.countries import countries
from analytics.geo.regions import region_name, regions
from models.metrics.dimensions import OTHER, UNKNOWN


def test_a_region_has_the_name_of_its_code_in_its_country() -> None:
    assert region_name("BR", "SP") == "São Paulo"
    assert region_name("BR", "BR-SP") == "São Paulo"
    assert region_name("US", "CA") == "California"
    assert region_name("DE", "BY") == "Bavaria"
    assert region_name("FR", "IDF") == "Île-de-France"  # without the mark of its source


def test_a_name_is_itself_and_a_code_of_no_list_is_called_a_code() -> None:
    assert region_name("BR", "Bahia") == "Bahia"
    assert region_name("BR", "X9") == "Region code X9"
    assert region_name("BR", UNKNOWN) == "Unknown region"
    assert region_name("BR", OTHER) == "Other regions"


def test_the_table_is_of_countries_and_has_plain_names() -> None:
    for code, name in regions().items():
        assert re.fullmatch(r"[A-Z]{2}-[A-Z0-9]{1,3}", code), code
        assert code[:2] in countries(), code
        assert name.isprintable(), code
        assert name == name.strip(), code
        assert not re.search("[⁰¹²³⁴-⁹]", name), code


@given(st.text(max_size=64), st.sampled_from(sorted(countries())))
def test_every_region_has_a_name(region: str, country: str) -> None:
    assert bool(region_name(country, region)) == bool(region)
