"""The bar of the Alerts page: its lists with their counts, and how the watching itself fares."""

from dash import html
from dash.development.base_component import Component

from analytics.notifications.delivery.recipient_reports import Mail
from dashboard.core import times
from dashboard.server.alerts.core.services import Reading
from dashboard.server.alerts.core.url_state import LISTS, NEW
from dashboard.shell import filter_bar
from dashboard.widgets.attributes import marked
from dashboard.widgets.pieces import icon, link

TITLES = {
    "active": "Active",
    "history": "History",
    "rules": "Rules",
    "deliveries": "Deliveries",
    "recipients": "Recipients",
    "silences": "Silences",
}
EVERY = "every 15 s"
LATE_SECONDS = 90


def layout(reading: Reading) -> list[Component]:
    """Segments at the left; state and acts at the right."""
    zone = filter_bar.zone_menu(reading.place, reading.zone)
    return [
        _segments(reading),
        zone,
        html.Div([_state(reading), *_acts(reading)], className="status"),
    ]


def _segments(reading: Reading) -> Component:
    counts = {
        "active": len(reading.alerts),
        "rules": len(reading.rules),
        "deliveries": reading.counts.get("dead", 0),
        "silences": len(reading.silences),
    }
    entries = []
    for name in LISTS:
        number = counts.get(name, 0)
        words = f"{TITLES[name]} {number}" if number else TITLES[name]
        if name == "deliveries" and number:
            words = f"{TITLES[name]} {number} given up"
        look = "segment is-chosen" if name == reading.place.shown else "segment"
        entries.append(link(words, reading.place.listing(name), look))
    return html.Nav(entries, className="segments", **marked({"aria-label": "Lists"}))


def _state(reading: Reading) -> Component:
    mail = f"e-mail {reading.mail}"
    is_bad_mail = reading.mail in (Mail.FAILING, Mail.UNSET)
    at = reading.looked_at
    if at is None:
        watching, is_late = "Rules not evaluated yet", True
    else:
        watching = f"Rules evaluated {times.clock(at, reading.now, reading.zone)} · {EVERY}"
        is_late = (reading.now - at).total_seconds() > LATE_SECONDS
    return html.Span(
        [
            html.Span(watching, className="is-warn" if is_late else ""),
            " · ",
            link(mail, reading.place.listing("recipients"), "link is-warn")
            if is_bad_mail
            else html.Span(mail),
        ],
        className="num status-words",
    )


def _acts(reading: Reading) -> list[Component]:
    if not reading.is_admin:
        return []
    place = reading.place
    return [
        link([icon("bell-slash"), "Silence"], place.listing("silences"), "control"),
        link([icon("plus"), "New rule"], place.editing(NEW), "control"),
    ]
