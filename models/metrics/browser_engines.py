"""The engine of a browser by its name in the User-Agent: engines report closes differently."""

CHROMIUM, FIREFOX, WEBKIT, OTHER_ENGINES = "Chromium", "Firefox", "WebKit", "Others"
ENGINES = (CHROMIUM, FIREFOX, WEBKIT, OTHER_ENGINES)
_CHROMIUM = ("chrom", "edge", "opera", "samsung", "brave", "vivaldi", "yandex", "webview")


def engine_of(browser: str) -> str:
    """`WebKit` of `Mobile Safari 26`. On iOS every browser is WebKit, whatever its name."""
    name = browser.lower()
    if "safari" in name or " ios" in name or "webkit" in name:
        return WEBKIT
    if "firefox" in name:
        return FIREFOX
    return CHROMIUM if any(part in name for part in _CHROMIUM) else OTHER_ENGINES
