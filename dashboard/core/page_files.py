"""The scripts and styles of the pages, joined, at addresses that change with their content.

A page asks for three files where its modules are thirty, and a browser keeps them: an address names
the digest of its content, so that the response may be stored for good.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dashboard.core.addresses import ROOT

CONTENT_TYPES = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8"}
FONT = b'url("font/'  # in the tokens, beside which the folder stands


@dataclass(frozen=True)
class PageFile:
    """A joined file. `name` ends in `.js` or `.css`."""

    name: str
    content: bytes

    @cached_property
    def digest(self) -> str:
        """The start of its SHA-256, as hexadecimal text."""
        return hashlib.sha256(self.content).hexdigest()[:16]

    @property
    def address(self) -> str:
        """Where this content, and no other, is."""
        return f"{ROOT}assets/{self.digest}/{self.name}"

    @property
    def content_type(self) -> str:
        """Of a script or of a style sheet."""
        return CONTENT_TYPES[self.name.rpartition(".")[2]]


PageFiles = Mapping[str, PageFile]


def page_files(assets: Path) -> PageFiles:
    """By name: all styles, all scripts, and the drawing library. `assets` is the folder of all
    assets; styles follow each other as they override each other."""
    pages, public = assets / "dashboard", assets / "public"
    first = [public / "vendor" / "bootstrap.min.css", public / "tokens.css"]
    styles = _joined([*first, *sorted(pages.glob("*.css"))])
    files = (
        PageFile("pages.css", styles.replace(FONT, b'url("../../../static/font/')),
        PageFile("pages.js", _joined(sorted(pages.glob("*.js")))),
        PageFile("plotly.js", _joined([pages / "vendor" / "plotly.min.js"])),
    )
    return {file.name: file for file in files}


def _joined(paths: Iterable[Path]) -> bytes:
    return b"\n".join(path.read_bytes() for path in paths)
