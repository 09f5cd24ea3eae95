"""The lists of people, tokens and changes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from analytics.people.actions import ROLES, Account, ApiToken, AuditEntry
from dashboard.core import times
from dashboard.core.numbers import DASH
from dashboard.widgets.pieces import button, menu

OF_PEOPLE = "people-act"


def action_id(name: str, subject: object, kind: str = OF_PEOPLE) -> dict[str, Any]:
    """The id of a button that changes one row; `kind` is that of its page."""
    return {"type": kind, "act": name, "subject": str(subject)}


def people(accounts: Sequence[Account], now: datetime, zone: ZoneInfo) -> Component:
    """All users."""
    rows = [
        html.Tr(
            [
                html.Td(person.email, className="clip", title=person.email),
                html.Td(person.role),
                html.Td(times.moment(person.created_at, now, zone), className="n faint"),
                html.Td(_at(person.signed_in_at, now, zone), className="n faint"),
                html.Td(_person_actions(person), className="acts"),
            ]
        )
        for person in accounts
    ]
    return plain(("E-mail", "Role", "Added", "Last sign-in", ""), rows)


def tokens(
    api_tokens: Sequence[ApiToken], now: datetime, zone: ZoneInfo, kind: str = OF_PEOPLE
) -> Component:
    """Tokens, without their secrets; own ones without the name of their person."""
    rows = [
        html.Tr(
            [
                html.Td(_token_name(token, kind), className="clip", title=token.name),
                html.Td(token.role),
                html.Td(times.moment(token.created_at, now, zone), className="n faint"),
                html.Td(_at(token.used_at, now, zone), className="n faint"),
                html.Td(revoke(token.id, kind), className="acts"),
            ]
        )
        for token in api_tokens
    ]
    if not rows:
        text = "No token yet. A program sends one with every request; its secret is displayed once."
        return html.P(text, className="state-words table-none")
    return plain(("Token", "Role", "Added", "Last used", ""), rows)


def trail(entries: Sequence[AuditEntry], now: datetime, zone: ZoneInfo) -> Component:
    """The newest entries of the audit trail."""
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
        for entry in entries
    ]
    return plain(("When", "Who", "Action", "Subject", "Role"), rows)


def _person_actions(person: Account) -> Component:
    other = next(role for role in ROLES if role != person.role)
    return html.Div(
        [
            button(f"Make {other}", action_id(f"make-{other}", person.email)),
            button("New password", action_id("password", person.email)),
            _confirm("Remove", action_id("remove", person.email), "They are signed out at once."),
        ],
        className="act-row",
    )


def revoke(subject: object, kind: str) -> Component:
    """A button that revokes a token or a link."""
    return _confirm("Revoke", action_id("revoke", subject, kind), "It stops working at once.")


def _confirm(label: str, button_id: dict[str, Any], text: str) -> Component:
    return menu(
        label, [html.P(text, className="state-words"), button(label, button_id)], "menu-right"
    )


def _token_name(token: ApiToken, kind: str) -> str:
    return token.name if kind == OF_PEOPLE else token.short_name


def _at(at: datetime | None, now: datetime, zone: ZoneInfo) -> str:
    return times.moment(at, now, zone) if at else DASH


def plain(heads: Sequence[str], rows: Sequence[Component]) -> Component:
    """A table of rows; the third and fourth cells are times or numbers."""
    cells = [
        html.Th(head, className="n" if index in (2, 3) and heads[0] != "When" else "")
        for index, head in enumerate(heads)
    ]
    return html.Table([html.Thead(html.Tr(cells)), html.Tbody(list(rows))], className="table-plain")
