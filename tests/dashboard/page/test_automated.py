"""A page says how many sessions of crawlers and probes it leaves out, and leads to them."""

from dashboard.core import url_state
from dashboard.page import automated
from tests.support.pages.components import links_of, text_of


def test_sessions_left_out_are_counted_and_named() -> None:
    sessions = {"Googlebot": 8, "HeadlessChrome": 4}
    (content,) = automated.note(url_state.read("?country=BR"), sessions)
    assert text_of(content) == "12 automated sessions left out"
    assert str(getattr(content, "title", "")).endswith(": Googlebot 8, HeadlessChrome 4")
    assert links_of(content) == {"12 automated sessions left out": "?country=BR&automated=only"}


def test_a_page_of_crawlers_leads_back_to_people() -> None:
    (content,) = automated.note(url_state.read("?automated=only"), {"Googlebot": 8})
    assert text_of(content) == "Crawlers and probes alone · People"
    assert links_of(content) == {"People": "?"}


def test_a_page_without_any_says_nothing() -> None:
    assert automated.note(url_state.read("?automated=yes"), {}) == []
