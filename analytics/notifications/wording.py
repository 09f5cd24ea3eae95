"""The sentences of a notice: what, where, since when, how far from usual. Pure.

Nothing is escaped here but where the text is rendered. Only `subject` is safe for a header: it has
a fixed form and a filtered rule name, and no text that a client sent.
"""

import re
from collections.abc import Mapping, Sequence

from analytics.formatting.numbers import (
    THIN,
    count,
    duration_text,
    figures,
    largest_session_text,
    percent_text,
    plural,
    size_text,
    with_unit,
)
from analytics.formatting.times import length
from analytics.geo.countries import countries, country_name, value_name
from analytics.notifications.notice import FIRING_KINDS, Notice
from models.metrics.client_catalogue import METRICS
from models.metrics.dimensions import DIMENSIONS, LABEL_DIMENSIONS, SERVER_DIMENSIONS
from models.metrics.metric import Kind
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
URGENCY = {kind: rank for rank, kind in enumerate(TITLES)}
MAX_NAME_LENGTH = 80
# No = and no ?: "=?utf-8?q?...?=" in a subject would be decoded, line ends and all (RFC 2047).
_unsafe_in_header = re.compile(r"[^\w .,:;/%()+*#&'-]")


def subject(notices: Sequence[Notice]) -> str:
    """`Firing: Round trip, Brazil (critical)`, `Firing: Round trip and 3 more (critical)`."""
    first = most_urgent(notices)
    if first.kind == "test":
        return "Test message from WebSocket Analytics"
    name = header_text(first.rule) or "alert"
    country = first.labels.get("country", "")
    if len(notices) > 1:
        name += f" and {len(notices) - 1} more"
    elif country in countries():
        name += f", {header_text(country_name(country))}"
    severity = header_text(first.severity)
    return f"{title(first)}: {name}" + (f" ({severity})" if severity else "")


def title(notice: Notice) -> str:
    """`Resolved`; of an end whose beginning nobody was told, `Fired and resolved`."""
    return "Fired and resolved" if has_fired_unnoticed(notice) else TITLES[notice.kind]


def has_fired_unnoticed(notice: Notice) -> bool:
    """Whether it says that an alert has ended whose beginning was not delivered."""
    return notice.kind == "resolved" and any(kind in FIRING_KINDS for kind, _ in notice.earlier)


def header_text(text: str) -> str:
    """The letters, digits and plain punctuation of a text, on one line, at most 80 characters."""
    return " ".join(_unsafe_in_header.sub(" ", text).split())[:MAX_NAME_LENGTH].rstrip()


def most_urgent(notices: Sequence[Notice]) -> Notice:
    """The most urgent notice of a group."""
    return min(notices, key=lambda notice: URGENCY[notice.kind])


def amount(value: float | None, unit: str) -> str:
    """A value with its unit, formatted: `412 ms`, `5.4 %`."""
    if value is None:
        return "no value"
    if unit == "ms":
        return duration_text(value)
    if unit == "%":
        return percent_text(value)
    if unit == "pt":
        return with_unit(figures(value * 100), unit)
    if unit == "bytes":
        return size_text(value)
    return with_unit(figures(value), unit)


def display_unit(notice: Notice) -> str:
    """The unit of a notice; `%` for a ratio without one, which the deviation of a ratio has."""
    metric = METRICS.get(notice.metric) or SERVER_METRICS.get(notice.metric)
    is_share = not notice.unit and metric is not None and metric.kind is Kind.RATIO
    return "%" if is_share else notice.unit


def value_text(notice: Notice, value: float | None) -> str:
    """A value of the notice's metric with its unit."""
    return amount(value, display_unit(notice))


def measure_text(notice: Notice) -> str:
    """`95th percentile of round trip`."""
    is_share = display_unit(notice) == "%" and not notice.baseline
    if not notice.aggregation or is_share or display_unit(notice) == "pt":
        return notice.label
    return f"{notice.aggregation} {notice.label[:1].lower()}{notice.label[1:]}"


def labels_text(notice: Notice) -> str:
    """`Country Brazil, App portal`; empty when the rule has no split."""
    return names_text(notice.labels)


def names_text(labels: Mapping[str, str]) -> str:
    """Labels by the names of their dimensions and values."""
    return ", ".join(
        f"{NAMES.get(name, name)} {value_name(name, value)}" for name, value in labels.items()
    )


def headline(notice: Notice) -> str:
    """The summary in one sentence: `Round trip is above 200 ms (Country Brazil).`"""
    if notice.kind == "test":
        return "This is a test. Messages of WebSocket Analytics reach you."
    where = f" ({labels_text(notice)})" if notice.labels else ""
    limit = value_text(notice, notice.threshold) + compared_text(notice)
    if has_fired_unnoticed(notice):
        return f"{notice.label} was {_side(notice)} {limit} and is back to normal{where}."
    sentence = {
        "firing": f"{_breach_text(notice, 'is')}{where}.",
        "repeat": f"{_breach_text(notice, 'is still')}{where}.",
        "resolved": f"{notice.label} is back to normal{where}.",
        "no_data": f"{notice.label} cannot be judged{where}: there is no data.",
        "error": f"The rule for {notice.label} could not be evaluated{where}.",
        "flapping": f"{notice.label} keeps crossing {limit}{where}.",
    }
    return sentence[notice.kind]


def _breach_text(notice: Notice, verb: str) -> str:
    """The exceeded limit; a count of 0 is phrased as `There are no reports`."""
    if notice.value == 0 and notice.direction == "below" and not display_unit(notice):
        what = notice.noun if notice.noun == notice.metric else notice.label.lower()
        return f"There are {'still ' if 'still' in verb else ''}no {what}"
    limit = value_text(notice, notice.threshold) + compared_text(notice)
    return f"{notice.label} {verb} {_side(notice)} {limit}"


def compared_text(notice: Notice) -> str:
    """` worse than the baseline June`, which follows an amount; empty without a baseline."""
    return f" worse than the baseline {notice.baseline}" if notice.baseline else ""


def _side(notice: Notice) -> str:
    return "more than" if notice.baseline else notice.direction


def details(notice: Notice) -> list[tuple[str, str]]:
    """The details below the headline, as (label, text)."""
    if notice.kind == "test":
        return []
    limits = (
        f"fires {_side(notice)} {value_text(notice, notice.threshold)}{compared_text(notice)}, "
        f"clears {_opposite_direction(notice)} {value_text(notice, notice.clear_threshold)}"
    )
    pairs = [
        (
            "Now" if notice.kind != "resolved" else "At end",
            f"{value_text(notice, notice.value)}{compared_text(notice)} ({measure_text(notice)})",
        ),
        ("Usual", usual_text(notice)),
        ("Limits", limits),
        ("Where", labels_text(notice) or "everywhere"),
        ("Since" if notice.kind != "resolved" else "Lasted", since_text(notice)),
        ("Counted", sample_text(notice)),
        ("Meanwhile", notice.load_test),
        ("Before", earlier_text(notice)),
        ("Reason", notice.reason),
        ("Rule", notice.rule),
    ]
    return [(label, text) for label, text in pairs if text]


def usual_text(notice: Notice) -> str:
    """The usual range and the distance of the value from it."""
    low, high = notice.usual_low, notice.usual_high
    if low is None or high is None:
        return ""
    first, last = value_text(notice, low), value_text(notice, high)
    number, _, word = first.rpartition(THIN)
    if word and last.endswith(THIN + word):
        first = number
    return f"{first} to {last}" + _deviation_text(notice, low, high)


def since_text(notice: Notice) -> str:
    """`13:47 UTC, 45 min ago`."""
    began, until = notice.since, notice.at
    duration = length(until - began)
    start = f"{began:%H:%M} UTC"
    if began.date() != until.date():
        start = f"{began.day} {began:%b} {start}"
    if notice.kind == "resolved":
        return f"{duration}, from {start} to {until:%H:%M} UTC"
    return f"{start}, {duration} ago"


def earlier_text(notice: Notice) -> str:
    """`firing at 13:47 UTC, no data at 13:52 UTC`: what was not delivered before."""
    return ", ".join(f"{TITLES[kind].lower()} at {at:%H:%M} UTC" for kind, at in notice.earlier)


def sample_text(notice: Notice) -> str:
    """`n = 1,204 attempts, one session makes 34 %`."""
    if not notice.n:
        return ""
    n = f"n = {count(notice.n)} {notice.noun}".strip()
    return ", ".join(filter(None, [n, largest_session_text(notice.largest_session)]))


def group_line(notices: Sequence[Notice]) -> str:
    """`3 alerts: 2 firing, 1 resolved`."""
    kinds = sorted({notice.kind for notice in notices}, key=lambda kind: URGENCY[kind])
    parts = [f"{sum(n.kind == kind for n in notices)} {TITLES[kind].lower()}" for kind in kinds]
    return f"{plural(len(notices), 'alert')}: {', '.join(parts)}"


def _opposite_direction(notice: Notice) -> str:
    return "below" if notice.direction == "above" else "above"


def _deviation_text(notice: Notice, low: float, high: float) -> str:
    value = notice.value
    if value is None or low <= value <= high:
        return ""
    edge, word = (high, "over") if value > high else (low, "under")
    if display_unit(notice) == "%":
        points = abs(value - edge) * 100
        return f"; now {with_unit(figures(points), 'pt')} {word} that"
    if word == "over" and edge > 0 and value >= 2 * edge:
        return f"; now {figures(value / edge)} times its upper end"
    return f"; now {value_text(notice, abs(value - edge))} {word} that"
