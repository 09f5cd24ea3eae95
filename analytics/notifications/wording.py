"""A notice in plain words: what, where, since when, how far from usual. Values in, text out.

Nothing here is escaped: that is done where the text is written. Only `subject` is made for a
header: a fixed form, the rule's name filtered, no text that a client sent.
"""

import re
from collections.abc import Sequence

from analytics.formatting.numbers import (
    THIN,
    count,
    duration_text,
    figures,
    percent_text,
    plural,
    size_text,
    with_unit,
)
from analytics.formatting.times import length
from analytics.notifications.notice import Notice
from models.metrics.client_catalogue import (
    DIMENSIONS,
    LABEL_DIMENSIONS,
    METRICS,
    SERVER_DIMENSIONS,
    Kind,
)
from models.metrics.server_catalogue import SERVER_METRICS

NAMES = {**DIMENSIONS, **SERVER_DIMENSIONS, **LABEL_DIMENSIONS}
TITLES = {
    "firing": "Firing",
    "flapping": "Flapping",
    "error": "Rule failed",
    "no_data": "No data",
    "repeat": "Still firing",
    "resolved": "Resolved",
    "test": "Test",
}  # the most urgent first
URGENCY = {kind: place for place, kind in enumerate(TITLES)}
LONGEST_NAME = 80
# No = and no ?: "=?utf-8?q?...?=" in a subject would be decoded, line ends and all (RFC 2047).
_unfit = re.compile(r"[^\w .,:;/%()+*#&'-]")
_country = re.compile(r"[A-Z]{2}")


def subject(notices: Sequence[Notice]) -> str:
    """`Firing: Message latency, BR (critical)`, `Firing: Message latency and 3 more (critical)`."""
    first = most_urgent(notices)
    if first.kind == "test":
        return "Test message from WebSocket Analytics"
    what = header_text(first.rule) or "alert"
    where = first.labels.get("country", "")
    if len(notices) > 1:
        what += f" and {len(notices) - 1} more"
    elif _country.fullmatch(where):
        what += f", {where}"
    severity = header_text(first.severity)
    return f"{TITLES[first.kind]}: {what}" + (f" ({severity})" if severity else "")


def header_text(text: str) -> str:
    """Letters, digits and plain punctuation of a text, on one line, at most 80 characters."""
    return " ".join(_unfit.sub(" ", text).split())[:LONGEST_NAME].rstrip()


def most_urgent(notices: Sequence[Notice]) -> Notice:
    """The notice that stands for its group."""
    return min(notices, key=lambda notice: URGENCY[notice.kind])


def amount(value: float | None, unit: str) -> str:
    """A value with its unit as people read it: `412 ms`, `5.4 %`."""
    if value is None:
        return "no value"
    if unit == "ms":
        return duration_text(value)
    if unit == "%":
        return percent_text(value)
    if unit == "bytes":
        return size_text(value)
    return with_unit(figures(value), unit)


def unit_of(notice: Notice) -> str:
    """Its unit; that of a ratio is `%`."""
    known = METRICS.get(notice.metric) or SERVER_METRICS.get(notice.metric)
    return "%" if known is not None and known.kind is Kind.RATIO else notice.unit


def told(notice: Notice, value: float | None) -> str:
    """A value of this notice's metric with its unit."""
    return amount(value, unit_of(notice))


def measured(notice: Notice) -> str:
    """`95th percentile of message latency`."""
    if not notice.aggregation or unit_of(notice) == "%":
        return notice.label
    return f"{notice.aggregation} {notice.label[:1].lower()}{notice.label[1:]}"


def place(notice: Notice) -> str:
    """`Country BR, App portal`; nothing when the rule is not split."""
    return ", ".join(f"{NAMES.get(name, name)} {value}" for name, value in notice.labels.items())


def headline(notice: Notice) -> str:
    """One sentence that says it all: `Message latency is above 200 ms (Country BR).`"""
    if notice.kind == "test":
        return "This is a test. Messages of WebSocket Analytics reach you."
    where = f" ({place(notice)})" if notice.labels else ""
    limit = told(notice, notice.threshold)
    sentence = {
        "firing": f"{_trouble(notice, 'is')}{where}.",
        "repeat": f"{_trouble(notice, 'is still')}{where}.",
        "resolved": f"{notice.label} is back to normal{where}.",
        "no_data": f"{notice.label} cannot be judged{where}: there is no data.",
        "error": f"The rule for {notice.label} could not be evaluated{where}.",
        "flapping": f"{notice.label} keeps crossing {limit}{where}.",
    }
    return sentence[notice.kind]


def _trouble(notice: Notice, verb: str) -> str:
    """Nothing counted at all is told as that, not as a number below another."""
    if notice.value == 0 and notice.direction == "below" and not unit_of(notice):
        what = notice.noun if notice.noun == notice.metric else notice.label.lower()
        return f"There are {'still ' if 'still' in verb else ''}no {what}"
    return f"{notice.label} {verb} {notice.direction} {told(notice, notice.threshold)}"


def facts(notice: Notice) -> list[tuple[str, str]]:
    """What a reader asks next, as (question, answer)."""
    if notice.kind == "test":
        return []
    limits = (
        f"fires {notice.direction} {told(notice, notice.threshold)}, "
        f"clears {_other(notice)} {told(notice, notice.clear_threshold)}"
    )
    found = [
        (
            "Now" if notice.kind != "resolved" else "At end",
            f"{told(notice, notice.value)} ({measured(notice)})",
        ),
        ("Usual", usual(notice)),
        ("Limits", limits),
        ("Where", place(notice) or "everywhere"),
        ("Since" if notice.kind != "resolved" else "Lasted", since(notice)),
        ("Counted", counted(notice)),
        ("Reason", notice.reason),
        ("Rule", notice.rule),
    ]
    return [(question, answer) for question, answer in found if answer]


def usual(notice: Notice) -> str:
    """The usual range and how far the value lies from it."""
    low, high = notice.usual_low, notice.usual_high
    if low is None or high is None:
        return ""
    first, last = told(notice, low), told(notice, high)
    number, _, word = first.rpartition(THIN)
    if word and last.endswith(THIN + word):
        first = number
    return f"{first} to {last}" + _distance(notice, low, high)


def since(notice: Notice) -> str:
    """`13:47 UTC, 45 min ago`."""
    began, found = notice.since, notice.at
    lasted = length(found - began)
    start = f"{began:%H:%M} UTC"
    if began.date() != found.date():
        start = f"{began.day} {began:%b} {start}"
    if notice.kind == "resolved":
        return f"{lasted}, from {start} to {found:%H:%M} UTC"
    return f"{start}, {lasted} ago"


def counted(notice: Notice) -> str:
    """`n = 1,204 sessions`."""
    return f"n = {count(notice.n)} {notice.noun}".strip() if notice.n else ""


def group_line(notices: Sequence[Notice]) -> str:
    """`3 alerts: 2 firing, 1 resolved`."""
    kinds = sorted({notice.kind for notice in notices}, key=lambda kind: URGENCY[kind])
    parts = [f"{sum(n.kind == kind for n in notices)} {TITLES[kind].lower()}" for kind in kinds]
    return f"{plural(len(notices), 'alert')}: {', '.join(parts)}"


def _other(notice: Notice) -> str:
    return "below" if notice.direction == "above" else "above"


def _distance(notice: Notice, low: float, high: float) -> str:
    value = notice.value
    if value is None or low <= value <= high:
        return ""
    edge, word = (high, "over") if value > high else (low, "under")
    if unit_of(notice) == "%":
        points = abs(value - edge) * 100
        return f"; now {with_unit(figures(points), 'pt')} {word} that"
    if word == "over" and edge > 0 and value >= 2 * edge:
        return f"; now {figures(value / edge)} times its upper end"
    return f"; now {told(notice, abs(value - edge))} {word} that"
