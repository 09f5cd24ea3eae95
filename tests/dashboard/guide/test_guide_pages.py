"""Guide and glossary: the document is the one source, and every line of it can be displayed."""

from flask import Flask

from dashboard.app import PAGES
from dashboard.guide import glossary, guide, pages
from models.metrics.client_catalogue import CATALOG
from models.metrics.server_catalogue import SERVER_CATALOG
from tests.support.pages.components import text_of


def test_every_row_of_the_document_is_a_term() -> None:
    rows = [
        line for line in glossary.DOCUMENT.read_text(encoding="utf-8").splitlines()
        if line.startswith("| ") and not line.startswith("| term |")
    ]  # fmt: skip
    terms = [term for section in glossary.sections() for term in section.terms]
    assert len(terms) > 50
    assert len(terms) <= len(rows)
    assert all(term.meaning and "](" not in term.meaning for term in terms)


def test_a_label_finds_each_name_of_a_term() -> None:
    lines = glossary.lines()
    assert lines["drop"].startswith("drop: an interruption")
    assert lines["ping"] == lines["pong"]
    assert lines["silent"].startswith("silent (session): ")


def test_the_lines_are_served() -> None:
    server = Flask("lines")
    pages.serve_lines(server)
    assert server.test_client().get(pages.LINES).json == glossary.lines()


def test_the_guide_leads_to_pages_and_the_glossary_has_all_sections() -> None:
    addresses = {page.address for page in PAGES}
    assert {chapter.link[1] for chapter in guide.CHAPTERS} <= addresses
    text = text_of(pages.glossary_layout())
    assert all(section.title in text for section in glossary.sections())
    assert guide.CHAPTERS[0].title in text_of(pages.guide_layout())


def test_every_metric_has_its_line() -> None:
    labels = {each.label for each in CATALOG} | {each.label for each in SERVER_CATALOG}
    assert {label.lower() for label in labels} - set(glossary.lines()) == set()
