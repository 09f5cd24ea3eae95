"""The glossary as docs/glossary.md has it, the one source: sections of terms and their lines."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from models.metrics.client_catalogue import CATALOG
from models.metrics.server_catalogue import SERVER_CATALOG
from settings import CHECKOUT

DOCUMENT = CHECKOUT / "docs" / "glossary.md"
_link = re.compile(r"\[([^\]]+)\]\([^)]*\)")
_aside = re.compile(r"\s*\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Term:
    """One row: a term, or several with commas, and what it means, as plain text."""

    term: str
    meaning: str
    source: str

    @property
    def names(self) -> list[str]:
        """What a label may call it, in lower case, without what stands in brackets."""
        names = [self.term, *self.term.split(", ")]
        plain = [_aside.sub("", name).strip().lower() for name in names]
        return list(dict.fromkeys(filter(None, plain)))


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the document with its terms."""

    title: str
    terms: Sequence[Term]


@cache
def sections() -> tuple[Section, ...]:
    """All sections that have terms."""
    text = DOCUMENT.read_text(encoding="utf-8")
    _, *parts = re.split(r"^## ", text, flags=re.MULTILINE)
    read = (Section(part.splitlines()[0], tuple(_terms(part))) for part in parts)
    return tuple(section for section in read if section.terms)


def lines() -> dict[str, str]:
    """Each name of a term or a metric, and its line: `drop: an interruption ...`."""
    terms = {
        name: f"{term.term}: {term.meaning}"
        for section in reversed(sections())
        for term in section.terms
        for name in term.names
    }
    return _metrics() | terms


def _metrics() -> dict[str, str]:
    of_servers = {each.label: each.help for each in SERVER_CATALOG}
    lines = of_servers | {each.label: each.help for each in CATALOG}
    return {label.lower(): f"{label}: {text}" for label, text in lines.items()}


def _terms(part: str) -> Iterator[Term]:
    rows = [line for line in part.splitlines() if line.startswith("| ")]
    if not rows or not rows[0].startswith("| term |"):
        return
    for row in rows[1:]:
        cells = [_plain(cell) for cell in row.strip("| ").split(" | ")]
        if len(cells) == 3:
            yield Term(*cells)


def _plain(cell: str) -> str:
    return _link.sub(r"\1", cell).replace("`", "").replace("*", "").strip()
