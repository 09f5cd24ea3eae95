"""Query parameters: what is described is what is accepted."""

import re

import pytest
from werkzeug.datastructures import MultiDict

from ingest.http.parameters import FILTERS, LONGEST_VALUE
from ingest.http.problems import Unprocessable
from ingest.routing import inputs
from ingest.routing.route import Input
from tests.support.clock import NOON, Clock


def is_accepted(source: Input, **values: str) -> bool:
    try:
        source.read(MultiDict(values), Clock())
    except Unprocessable:
        return False
    return True


@pytest.mark.parametrize("text", ["a", "é<b>", "a\nb", "\x7f", "x" * 256, "x" * 257])
def test_the_described_texts_are_those_accepted(text: str) -> None:
    schema = inputs.VALUE
    is_described = bool(re.search(schema["pattern"], text)) and len(text) <= LONGEST_VALUE
    assert is_accepted(inputs.text("app", "An app."), app=text) is is_described


@pytest.mark.parametrize("text", ["3h", "7d", "", "0h", "3 h", "3y", "yesterday", "Yesterday"])
def test_the_described_ranges_are_those_accepted(text: str) -> None:
    is_described = bool(re.search(inputs.ROLLING["pattern"], text))
    assert is_accepted(inputs.WINDOW, range=text) is is_described


def test_every_dimension_has_its_filter() -> None:
    assert [each["name"] for each in inputs.FILTERS.parameters] == list(FILTERS)


def test_values_are_read_as_their_types() -> None:
    read = {
        source.argument: source.read(MultiDict({source.argument: text}), lambda: NOON)
        for source, text in (
            (inputs.flag("prepare", "Prepare."), "true"),
            (inputs.number("rule", "A rule.", 10), "10"),
            (inputs.option("state", "A state.", ("on", "off")), "off"),
        )
    }
    assert read == {"prepare": True, "rule": 10, "state": "off"}
    both = inputs.texts("filters", (inputs.parameter("app", "", {}), inputs.parameter("x", "", {})))
    assert both.read(MultiDict({"app": "a", "x": ""}), Clock()) == {"app": "a"}
    assert inputs.option("state", "A state.", ("on",)).read(MultiDict(), Clock()) is None
