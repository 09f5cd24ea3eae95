"""The state of the Geographic page in its URL."""

import pytest

from dashboard.client.geographic.core.url_state import COLUMNS, read_view
from dashboard.client.geographic.page import TAB


def test_a_link_holds_all_of_the_view() -> None:
    search = (
        "?range=30d&tz=Europe%2FBerlin&release=2.4.1&metric=stability&color=change"
        "&continent=europe&selected=BR&sort=-sessions&find=bra"
    )
    view = TAB.view(search)
    assert view.search() == search
    assert (view.metric, view.is_change, view.selected) == ("stability", True, "BR")
    assert TAB.view("").search() == "?"


@pytest.mark.parametrize(
    "search",
    [
        "?metric=nonsense", "?selected=br", "?selected=BRA", "?continent=atlantis", "?sort=name",
        "?color=red", "?find=" + "x" * 300, "?selected=%3Cb%3E",
    ],
)  # fmt: skip
def test_what_means_nothing_counts_as_absent(search: str) -> None:
    assert read_view(search, "7d") == read_view("", "7d")


def test_people_without_a_country_can_be_selected() -> None:
    assert read_view("?selected=unknown", "7d").selected == "unknown"


@pytest.mark.parametrize("column", COLUMNS)
def test_a_heading_sorts_up_then_down_then_as_before(column: str) -> None:
    view = read_view("", "7d")
    sorts = []
    for _ in range(3):
        view = read_view(view.sorted_by(column), "7d")
        sorts.append(view.sort)
    assert sorts == [column, f"-{column}", ""]


def test_selecting_the_selected_country_selects_none() -> None:
    view = read_view("?selected=BR", "7d")
    assert "selected" not in view.selecting("BR")
    assert "selected=DE" in view.selecting("DE")
