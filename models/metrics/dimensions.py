"""What figures are filtered and split by: keys, names, and the values that stand for none."""

from collections.abc import Mapping

DIMENSIONS: dict[str, str] = {
    "app": "App",
    "country": "Country",
    "effective_type": "Network",
    "browser": "Browser",
    "release": "Release",
    "page": "Page",
}
SPLIT_BY = tuple(name for name in DIMENSIONS if name != "app")  # cells have one of these, or none
PROTOCOL = "protocol"  # what the monitor recognised; cells are split by it, no page is filtered
CELL_DIMENSIONS = (*SPLIT_BY, PROTOCOL)
# Crawlers, headless checks and uptime probes are in no cells and in no figure of people; a filter
# by this name and value asks for them alone.
AUTOMATED, ONLY = "automated", "only"
CLIENT_FILTERS = DIMENSIONS | {AUTOMATED: "Automated"}
# Apps of connections that are nobody's: those of load tests, and of probes. What is theirs is in no
# figure of people and of servers, unless a filter names the app.
LOAD_TEST_APP, PROBE_APP = "load-test", "probe"
TEST_APPS = (LOAD_TEST_APP, PROBE_APP)
SERVER_DIMENSIONS: dict[str, str] = {"app": "App", "service": "Service"}
# Dimensions that the counts of one metric alone have, see `split_by`.
LABEL_DIMENSIONS: dict[str, str] = {
    "code": "Close code",
    "closed_by": "Closed by",
    "status": "Status",
    "type": "Message type",
    "kind": "Error kind",
}
# What sessions are compared within: each has one value of each.
SEGMENTS = ("app", "country", "effective_type", "network_type", "browser", "release")
UNKNOWN = "unknown"  # the value of a dimension that a report does not have
OTHER = "other"  # all values of a dimension beyond its limit
SEPARATOR = "\x1f"  # between values in one text; values may not hold control characters
# Day cells have these two at a time. `region` (ISO 3166-2 subdivision) means nothing without its
# country, so it is in a pair alone and no dimension.
PAIRS = (
    ("country", "region"),
    ("country", "effective_type"),
    ("country", "browser"),
    ("country", "release"),
    ("browser", "release"),
)
PAIR_SIDES = tuple(dict.fromkeys(name for pair in PAIRS for name in pair))


def pair_dimension(pair: tuple[str, str]) -> str:
    """The stored `dimension` of one of `PAIRS`: `country+browser`."""
    return "+".join(pair)


def pair_value(first: str, second: str) -> str:
    """The stored `value` of a pair: its sides in the order of `PAIRS`, joined by `SEPARATOR`."""
    return f"{first}{SEPARATOR}{second}"


def pair_key(values: Mapping[str, str]) -> tuple[str, str]:
    """The stored `dimension` and `value` of two values by dimension, in any order.

    Raises `KeyError` when their dimensions are not one of `PAIRS`.
    """
    for pair in PAIRS:
        if values.keys() == set(pair):
            return pair_dimension(pair), pair_value(*(values[name] for name in pair))
    raise KeyError(f"no cells by {' and '.join(values)}")


REGION = "region"  # counted within its country alone
