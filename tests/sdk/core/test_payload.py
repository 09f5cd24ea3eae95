"""Sizes of payloads equal what `send` puts on the wire; at most their beginning is read."""

from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser

from tests.support.sdk.modules import evaluate


def test_the_size_of_a_text_is_its_utf8_length(chromium: Browser) -> None:
    texts: list[str] = []

    @settings(max_examples=300, database=None, deadline=None)
    @given(st.text(st.characters(codec="utf-16", categories=None), max_size=20))
    def collect(text: str) -> None:
        texts.append(text)

    collect()
    assert evaluate(
        chromium,
        ["core/limits", "core/payload"],
        """const units = ['\\ud800', '\\udc00', '\\ud83d', 'é', '€', 'a', '']
           const joined = texts => texts.flatMap(text => units.map(unit => text + unit))
           const texts = [...argument, ...joined(joined(units)), 'é'.repeat(9000), 'a'.repeat(9000)]
           return texts.filter(text => utf8Length(text) !== new Blob([text]).size)""",
        texts,
    ) == []  # fmt: skip


def test_sizes_of_other_payloads_run_no_code_of_the_page(chromium: Browser) -> None:
    assert evaluate(
        chromium,
        ["core/limits", "core/payload"],
        """const trap = new Proxy({}, { get () { throw new Error('read') } })
           return [new ArrayBuffer(5), new DataView(new ArrayBuffer(9), 2), new Uint16Array(3),
                   new Blob(['é']), 42, null, undefined, true, trap].map(size)""",
    ) == [5, 7, 6, 2, 2, 4, 9, 4, 0]  # fmt: skip


def test_the_head_of_a_payload_is_at_most_4096_long(chromium: Browser) -> None:
    assert evaluate(
        chromium,
        ["core/limits", "core/payload"],
        """return ['abc', 'x'.repeat(9000), new Uint8Array(9000).subarray(1), new ArrayBuffer(3)]
             .map(data => head(data).length).concat(head(new Blob(['x'])) === undefined)""",
    ) == [3, 4096, 4096, 3, True]  # fmt: skip
