"""The messages: waiting, sent, given up, each with the last answer of the other server."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from dash import html
from dash.development.base_component import Component

from analytics.notifications.delivery.recipient_reports import STATES, Delivery
from dashboard.core.numbers import DASH
from dashboard.core.times import moment
from dashboard.server.alerts.core.frames import framed, table
from dashboard.server.alerts.core.services import Reading
from dashboard.widgets import states
from dashboard.widgets.pieces import link, tag

MOST, MOST_BRIEF = 200, 5
KINDS = {"email": "E-mail", "webhook": "Webhook"}
OUTCOMES = {"waiting": "waiting", "sent": "sent", "dead": "given up"}
TAGS = {"waiting": "unknown", "sent": "good", "dead": "bad"}
RETRIES = "Tried again after 1, 2, 4 .. 60 min; given up after 24 h, and shown here."
HEADER = ("Made", "To", "About", "State", "Last answer")


def brief(reading: Reading) -> Component:
    """The newest ones, beside the active alerts."""
    found = reading.desk.recipients.deliveries(MOST_BRIEF)
    about = subjects(reading, found)
    rows = [
        html.Div(
            [
                html.Span(moment(one.created_at, reading.now, reading.zone), className="num faint"),
                html.Span(KINDS[one.kind]),
                _about(f"{about[one.id]} to {one.name}"),
                outcome(one),
            ],
            className="delivery-row",
        )
        for one in found
    ]
    waiting, dead = reading.counts.get("waiting", 0), reading.counts.get("dead", 0)
    return framed(
        "Deliveries",
        f"{waiting} waiting, {dead} given up in 7 days",
        [html.Div(rows, className="delivery-rows")]
        if rows
        else [html.P("No message was made yet.", className="state-words padded")],
        tools=[link("All deliveries", reading.place.listing("deliveries"))],
        foot=RETRIES,
    )


def layout(reading: Reading) -> Component:
    """The whole list, of one outcome if asked for."""
    chosen = reading.place.outcome
    found = reading.desk.recipients.deliveries(MOST, chosen or None)
    about = subjects(reading, found)
    rows = [_row(reading, one, about[one.id]) for one in found]
    body = [table(HEADER, rows, "table-deliveries")]
    return framed(
        "Deliveries",
        f"the newest {MOST}" if len(found) == MOST else "newest first",
        body if found else _none(reading),
        tools=_filters(reading),
        foot=RETRIES,
    )


def _none(reading: Reading) -> list[Component]:
    place = reading.place
    if place.outcome:
        clear = link("Show all", replace(place, outcome="").search(), "button")
        title = f"No message is {OUTCOMES[place.outcome]}"
        return states.message("bell", title, "Of those that are kept.", [clear])
    said = "A message goes out when an alert fires, and when it is over. Try the way with a test."
    recipients = link("Recipients", place.listing("recipients"), "button")
    return states.message("bell", "No message yet", said, [recipients])


def subjects(reading: Reading, found: Sequence[Delivery]) -> dict[UUID, str]:
    """What each message is about: its rule, possibly one that is gone, or the digest of a week."""
    ruled = {one.id: number for one in found if (number := _rule_of(one)) is not None}
    present = {number: rule.name for number, rule in reading.rules.items()}
    gone = set(ruled.values()) - present.keys()
    names = (reading.desk.reports.ruled() if gone else {}) | present
    return {one.id: names.get(ruled.get(one.id, 0)) or _plainly(one) for one in found}


def _rule_of(delivery: Delivery) -> int | None:
    rule = delivery.group_key.removeprefix("rule ")
    is_rule = delivery.subject != "digest" and rule.isascii() and rule.isdigit()
    return int(rule) if is_rule else None


def _plainly(delivery: Delivery) -> str:
    if delivery.subject == "digest":
        return f"Weekly digest {delivery.group_key}"
    return delivery.group_key.capitalize()


def _about(words: str) -> Component:
    return html.Span(words, className="change-what", title=words)


def outcome(delivery: Delivery) -> Component:
    """`sent, 3rd try`."""
    words = OUTCOMES[delivery.state]
    if delivery.tries > 1:
        words += f", {ordinal(delivery.tries)} try"
    late = delivery.state != "dead" and delivery.tries > 1
    return tag(words, "warn" if late else TAGS[delivery.state])


def ordinal(number: int) -> str:
    """`1st`, `3rd`, `11th`."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if 10 <= number % 100 <= 20 else ending}"


def _row(reading: Reading, one: Delivery, about: str) -> list[Any]:
    def at(when: Any) -> str:
        return moment(when, reading.now, reading.zone)

    later = f"next try {at(one.next_try_at)}" if one.next_try_at else ""
    answer = one.answer or (later or DASH)
    return [
        html.Span(at(one.created_at), className="num faint"),
        html.Span(f"{KINDS[one.kind]}, {one.name}", className="clip", title=one.name),
        html.Span(about, className="clip", title=about),
        html.Span([outcome(one), html.Span(f" {later}" if one.answer else "", className="faint")]),
        html.Span(answer, className="delivery-answer", title=answer),
    ]


def _filters(reading: Reading) -> list[Component]:
    place = reading.place
    choices = {"": "All"} | {name: OUTCOMES[name].capitalize() for name in STATES}
    return [
        link(
            word,
            replace(place, outcome=name).search(),
            "segment is-chosen" if name == place.outcome else "segment",
        )
        for name, word in choices.items()
    ]
