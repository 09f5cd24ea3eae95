"""Wall links on the page of people: making one, the list, revoking."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

import dash
from dash import ALL, Input, Output, State, ctx, html, no_update
from dash.development.base_component import Component

from analytics.people.actions import DatabaseAway
from analytics.permission.actor import Actor, NotAllowed
from analytics.services.services import Services
from analytics.wall.links import (
    LONGEST_NAME,
    NoSuchWallLink,
    TooManyWallLinks,
    WallLinkActions,
    WallLinkRequest,
    WallLinkResponse,
)
from dashboard.core import addresses, ids, times, url_state
from dashboard.people import tables
from dashboard.people.changes import ChangeOutcome
from dashboard.people.frames import name_form, notice, panel

LIST, NOTICE, REVOKE, ADD = "wall-list", "wall-notice", "wall-revoke", "wall-add"
DAYS = {"30 days": 30, "90 days": 90, "365 days": 365}


def layout() -> Component:
    """The panel, with a form; a callback fills the list."""
    form = name_form("wall", "Name of a screen", [*DAYS], "Make link", choice="Duration")
    unit = "large figures on a screen that nobody signs in to; read-only"
    return panel("Wall links", unit, LIST, html.Div([html.Div(id=NOTICE, role="status"), form]))


def register(app: dash.Dash, services: Services) -> None:
    """Apply the change, then refresh the list; for admins only."""

    @app.callback(
        Output(LIST, "children"),
        Output(NOTICE, "children"),
        Output("wall-name", "value"),
        Input(ADD, "n_clicks"),
        Input({"type": REVOKE, "act": ALL, "subject": ALL}, "n_clicks"),
        Input(ids.ZONE, "data"),
        State("wall-name", "value"),
        State("wall-role", "value"),
        State(ids.URL, "href"),
    )
    def show(
        _add: int, _acts: list[int], zone: object, name: str | None, days: str, href: str | None
    ) -> tuple[Any, ...]:
        actor, links = services.viewer(), services.wall.links
        if actor is None or not actor.is_admin:
            return None, None, no_update
        try:
            outcome = _perform(links, actor, (name or "").strip(), DAYS.get(days, 30), href)
            local = url_state.zone_for(url_state.View(), zone)
            listed = table(links.all(actor).wall_links, services.now(), local)
        except DatabaseAway:
            fault = ChangeOutcome("The database does not answer. Try again.", is_fault=True)
            return no_update, notice(fault), no_update
        stays = outcome is None or outcome.is_fault
        return listed, notice(outcome), no_update if stays else ""


def table(links: list[WallLinkResponse], now: datetime, zone: ZoneInfo) -> Component:
    """All links; what to do where there is none."""
    if not links:
        text = "No link yet. Open one on a screen: it stays signed in until it ends or is revoked."
        return html.P(text, className="state-words table-none")
    rows = [
        html.Tr(
            [
                html.Td(link.name, className="clip", title=link.name),
                html.Td(", ".join(link.tabs)),
                html.Td(times.moment(link.created_at, now, zone), className="n faint"),
                html.Td(times.moment(link.expires_at, now, zone), className="n faint"),
                html.Td(tables.revoke(link.id, REVOKE), className="acts"),
            ]
        )
        for link in links
    ]
    return tables.plain(("Screen", "Tabs", "Made", "Ends", ""), rows)


def _perform(
    links: WallLinkActions, actor: Actor, name: str, days: int, href: str | None
) -> ChangeOutcome | None:
    """The outcome of what was pressed, `None` where nothing was."""
    pressed = ctx.triggered_id
    if not pressed or pressed == ids.ZONE or not ctx.triggered[0]["value"]:
        return None
    try:
        if pressed == ADD:
            return _add(links, actor, name, days, href)
        links.remove(actor, UUID(pressed["subject"]))
        return ChangeOutcome("The link was revoked: its screen shows nothing any more.")
    except (NotAllowed, NoSuchWallLink) as fault:
        return ChangeOutcome(str(fault), is_fault=True)
    except TooManyWallLinks:
        return ChangeOutcome("There are as many links as there may be.", is_fault=True)


def _add(
    links: WallLinkActions, actor: Actor, name: str, days: int, href: str | None
) -> ChangeOutcome:
    if not 0 < len(name) <= LONGEST_NAME:
        text = f"A screen's name has 1 to {LONGEST_NAME} characters."
        return ChangeOutcome(text, is_fault=True)
    made = links.add(actor, WallLinkRequest(name=name, days=days))
    address = urlsplit(href or "")
    origin = f"{address.scheme}://{address.netloc}" if address.netloc else ""
    return ChangeOutcome(
        f"Open this address on the screen {name}. It is displayed once.",
        f"{origin}{addresses.href(made.path or '')}",
    )
