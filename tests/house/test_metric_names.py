"""One name for one metric: the label of the catalogue, on pages, in rules, mails and documents."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from dashboard.client.overview import cards as client_cards
from dashboard.server.messages import cards as message_cards
from dashboard.server.overview import cards as server_cards
from models.metrics.client_catalogue import METRICS
from models.metrics.metric import Metric
from models.metrics.server_catalogue import SERVER_METRICS, ServerMetric
from settings import CHECKOUT
from tests.support.source_tree import python_files

GLOSSARY = CHECKOUT / "docs" / "glossary.md"
DOCUMENTS = [path for path in (CHECKOUT / "docs").glob("*.md") if path != GLOSSARY]
CATALOGUE: list[Metric | ServerMetric] = [*METRICS.values(), *SERVER_METRICS.values()]
LABELS = {metric.label for metric in CATALOGUE}
_row = re.compile(r"^\| ([^|]+) \| ([^|]*`[^|]*) \| ([^|]+) \|$", re.MULTILINE)


def names() -> dict[str, tuple[list[str], list[str]]]:
    """Keys and synonyms of each name of the glossary's table."""
    section = GLOSSARY.read_text(encoding="utf-8").partition("## One name")[2].partition("\n## ")[0]
    return {
        name: (re.findall("`([^`]+)`", keys), synonyms.split(", "))
        for name, keys, synonyms in _row.findall(section)
    }


def test_the_glossary_has_the_labels_of_the_catalogues() -> None:
    metrics: dict[str, Metric | ServerMetric] = {**SERVER_METRICS, **METRICS}
    listed = {key: name for name, (keys, _) in names().items() for key in keys}
    assert len(listed) > 15
    assert {key: metrics[key].label for key in listed} == listed


def test_no_synonym_of_a_metric_stands_anywhere() -> None:
    synonyms = {each for _, listed in names().values() for each in listed}
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, sorted(synonyms)))})\b", re.IGNORECASE)
    python = python_files("analytics", "dashboard", "models", "scripts")
    texts = [*((path, text) for path in python for text in literals(path))]
    texts += [(path, path.read_text(encoding="utf-8")) for path in DOCUMENTS]
    assert [
        (path.name, pattern.findall(text)) for path, text in texts if pattern.search(text)
    ] == []


def literals(path: Path) -> Iterator[str]:
    """The texts of a source file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_two_durations_share_no_name() -> None:
    timed = [metric.label for metric in CATALOGUE if metric.unit == "ms"]
    assert sorted({*timed}) == sorted(timed)


def test_the_cards_of_metrics_have_their_labels() -> None:
    own = {"Sessions", "Connections", "Users", "Opens", "Closes", "Messages"}
    for label in (*client_cards.LABELS, *server_cards.LABELS, *message_cards.LABELS):
        assert label.removesuffix(" p95") in LABELS | own
