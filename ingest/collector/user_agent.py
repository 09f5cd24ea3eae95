"""Browser family with major version, and OS, from a `User-Agent`, which is not stored."""

from functools import lru_cache

from ua_parser import parse

LONGEST_HEADER = 1024
OTHER = "Other"


@lru_cache(maxsize=4096)
def browser_and_os(header: str) -> tuple[str | None, str | None]:
    """(`Firefox 139`, `Windows`), each `None` when unknown."""
    result = parse(header[:LONGEST_HEADER])
    browser = system = None
    if result.user_agent is not None and result.user_agent.family != OTHER:
        browser = f"{result.user_agent.family} {result.user_agent.major or ''}".strip()[:64]
    if result.os is not None and result.os.family != OTHER:
        system = result.os.family[:32]
    return browser, system
