"""The joined files of the pages: all of what they are made of, at addresses of their content."""

import re
from dataclasses import replace

from dashboard.app import ASSETS
from dashboard.core.document import index
from dashboard.core.page_files import page_files

FILES = page_files(ASSETS)


def test_every_module_is_in_a_file() -> None:
    for name, folder in (("pages.css", "*.css"), ("pages.js", "*.js")):
        for path in (ASSETS / "dashboard").glob(folder):
            assert path.read_bytes() in FILES[name].content, path.name


def test_styles_override_those_before_them() -> None:
    content = FILES["pages.css"].content
    at = [content.index(text) for text in (b"Bootstrap", b"design tokens", b".panel-alone")]
    assert at == sorted(at)
    assert b'@charset "UTF-8"' in content[:20]


def test_urls_in_styles_resolve_from_their_address() -> None:
    urls = re.findall(rb"url\([\"']?(?![\"'#]|data:)([^)\"']+)", FILES["pages.css"].content)
    font = "../../../static/"
    assert urls
    assert all(url.decode().startswith(font) for url in urls), urls
    for url in urls:
        assert (ASSETS / "public" / url.decode().removeprefix(font)).is_file()


def test_an_address_changes_with_its_content() -> None:
    file = FILES["pages.js"]
    assert file.address == f"/admin/assets/{file.digest}/pages.js"
    assert replace(file, content=file.content + b" ").address != file.address


def test_the_document_names_each_file_once() -> None:
    document = index(FILES)
    assert all(document.count(file.address) == 1 for file in FILES.values())
    assert "[" not in document
