"""A message ready to be written: its subject, its text, its page and the pictures in that."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_path = re.compile(r"/(?!/)[!-~]*")
HOW_TO_LINK = "Set PUBLIC_URL, and messages link to the exact view."


@dataclass(frozen=True, slots=True)
class Email:
    """`pictures` are PNG files by the name the page (`html`) asks for as `cid:`."""

    subject: str
    text: str
    html: str
    pictures: Mapping[str, bytes] = field(default_factory=dict)


def link(public_url: str | None, path: str) -> str | None:
    """The address of a page of ours; `None` without PUBLIC_URL or for what is no path.

    `public_url` is an origin, so that a path can lead nowhere else.
    """
    if public_url is None or not _path.fullmatch(path):
        return None
    return public_url + path
