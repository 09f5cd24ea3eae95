"""Engines follow from the names that browsers have in their User-Agent."""

import pytest

from models.metrics.browser_engines import CHROMIUM, FIREFOX, OTHER_ENGINES, WEBKIT, engine_of


@pytest.mark.parametrize(
    ("browser", "engine"),
    [
        ("Chrome 141", CHROMIUM), ("Edge 141", CHROMIUM), ("Samsung Internet 29", CHROMIUM),
        ("Chrome Mobile 141", CHROMIUM), ("Chrome Mobile iOS 141", WEBKIT), ("Safari 26", WEBKIT),
        ("Mobile Safari 26", WEBKIT), ("Firefox 143", FIREFOX), ("Firefox iOS 143", WEBKIT),
        ("unknown", OTHER_ENGINES), ("other", OTHER_ENGINES), ("curl 8", OTHER_ENGINES),
    ],
)  # fmt: skip
def test_a_browser_has_an_engine(browser: str, engine: str) -> None:
    assert engine_of(browser) == engine
