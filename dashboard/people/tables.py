"""The lists of people, tokens and changes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from analytics.people.actions import ROLES, Account, ApiToken, Entry
from dashboard.core import times
from dashboard.core.numbers import DASH
from dashboard.widgets.pieces import button, menu


def act(name: str, subject: object) -> dict[str, Any]:
    """The id of a button that does something to one row."""
    return {"type": "people-act", "act": name, "subject": str(subject)}


def people(found: Sequence[Account], now: datetime, zone: ZoneInfo) -> Component:
    """Everybody who may sign in."""
    rows = [
        html.Tr(
            [
                html.Td(person.email, className="clip", title=person.email),
                html.Td(person.role),
                html.Td(times.moment(person.created_at, now, zone), className="n faint"),
                html.Td(_at(person.signed_in_at, now, zone), className="n faint"),
                html.Td(_person_acts(person), className="acts"),
            ]
        )
        for person in found
    ]
    return _table(("E-mail", "Role", "Added", "Last sign-in", ""), rows)


def tokens(found: Sequence[ApiToken], now: datetime, zone: ZoneInfo) -> Component:
    """Every token, without its secret."""
    rows = [
        html.Tr(
            [
                html.Td(token.name, className="clip", title=token.name),
                html.Td(token.role),
                html.Td(times.moment(token.created_at, now, zone), className="n faint"),
                html.Td(_at(token.used_at, now, zone), className="n faint"),
                html.Td(
                    _confirm("Revoke", act("revoke", token.id), "It stops working at once."),
                    className="acts",
                ),
            ]
        )
        for token in found
    ]
    if not rows:
        words = "No token yet. A program sends one with every request; its secret is shown once."
        return html.P(words, className="state-words table-none")
    return _table(("Token", "Role", "Added", "Last used", ""), rows)


def trail(found: Sequence[Entry], now: datetime, zone: ZoneInfo) -> Component:
    """The newest changes."""
    rows = [
        html.Tr(
            [
                html.Td(times.moment(entry.at, now, zone), className="num faint"),
                html.Td(entry.actor, className="clip", title=entry.actor),
                html.Td(entry.action),
                html.Td(entry.subject, className="clip", title=entry.subject),
                html.Td(str(entry.detail.get("role", "")), className="faint"),
            ]
        )
        for entry in found
    ]
    return _table(("When", "Who", "Did", "To", ""), rows)


def _person_acts(person: Account) -> Component:
    other = next(role for role in ROLES if role != person.role)
    return html.Div(
        [
            button(f"Make {other}", act(f"make-{other}", person.email)),
            button("New password", act("password", person.email)),
            _confirm("Remove", act("remove", person.email), "They are signed out at once."),
        ],
        className="act-row",
    )


def _confirm(word: str, name: dict[str, Any], words: str) -> Component:
    return menu(word, [html.P(words, className="state-words"), button(word, name)], "menu-right")


def _at(at: datetime | None, now: datetime, zone: ZoneInfo) -> str:
    return times.moment(at, now, zone) if at else DASH


def _table(heads: Sequence[str], rows: Sequence[Component]) -> Component:
    cells = [
        html.Th(head, className="n" if place in (2, 3) and heads[0] != "When" else "")
        for place, head in enumerate(heads)
    ]
    return html.Table([html.Thead(html.Tr(cells)), html.Tbody(list(rows))], className="table-plain")
