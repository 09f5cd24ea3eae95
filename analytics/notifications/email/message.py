"""A composed email: subject, plain text, HTML and inline images."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_path = re.compile(r"/(?!/)[!-~]*")
HOW_TO_LINK = "Set PUBLIC_URL, and messages link to the exact view."


@dataclass(frozen=True, slots=True)
class Email:
    """`pictures` are PNG files by the content id (`cid:`) that `html` refers to."""

    subject: str
    text: str
    html: str
    pictures: Mapping[str, bytes] = field(default_factory=dict)


def link(public_url: str | None, path: str) -> str | None:
    """The URL of one of our pages; `None` without PUBLIC_URL or for an invalid path.

    `public_url` ends with a host or a path, so a path cannot lead to another host.
    """
    if public_url is None or not _path.fullmatch(path):
        return None
    return public_url + path
