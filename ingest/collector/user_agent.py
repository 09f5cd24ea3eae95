"""Browser family with major version, OS, and what no person looks at, from a `User-Agent`.

The header is not stored.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from ua_parser import Result, parse

LONGEST_HEADER = 1024
OTHER = "Other"
SPIDER = "Spider"  # the device family that ua-parser gives to crawlers and probes
# Beside ua-parser's spiders: drivers of headless browsers, and checks whose browsers are genuine
# but for a word. As their makers document it, collected in
# github.com/monperrus/crawler-user-agents.
_AUTOMATED = re.compile(
    r"\b(HeadlessChrome|HeadlessEdg|PhantomJS|SlimerJS|jsdom|Playwright|Puppeteer|Cypress"
    r"|Chrome-Lighthouse|PageSpeed|GTmetrix|PTST|SpeedCurve"
    r"|UptimeRobot|Pingdom|PingdomTMS|StatusCake|Site24x7|Checkly|DatadogSynthetics"
    r"|NewRelicSynthetics|RigorCheck|Catchpoint|updown\.io|hetrixtools)(?![a-z])",
    re.IGNORECASE,
)


class Program(NamedTuple):
    """What sent a report: `browser` (`Firefox 139`) and `os` (`Windows`), each `None` when unknown;
    `automated` is the name of a crawler, headless check or uptime probe, else `None`."""

    browser: str | None
    os: str | None
    automated: str | None = None


@lru_cache(maxsize=4096)
def program_of(header: str) -> Program:
    """The program of a `User-Agent`."""
    result = parse(header[:LONGEST_HEADER])
    browser = system = None
    if result.user_agent is not None and result.user_agent.family != OTHER:
        browser = f"{result.user_agent.family} {result.user_agent.major or ''}".strip()[:64]
    if result.os is not None and result.os.family != OTHER:
        system = result.os.family[:32]
    return Program(browser, system, _automated(header[:LONGEST_HEADER], result))


def _automated(header: str, result: Result) -> str | None:
    if named := _AUTOMATED.search(header):
        return named[1]
    if result.device is None or result.device.family != SPIDER:
        return None
    return result.user_agent.family[:64] if result.user_agent is not None else SPIDER
