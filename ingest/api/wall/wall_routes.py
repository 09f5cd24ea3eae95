"""`/api/ws/wall-links`: links that show figures on a wall."""

from typing import Any
from uuid import UUID

from analytics.services.services import Services
from analytics.wall.links import WallLinkList, WallLinkRequest, WallLinkResponse
from ingest.access.rules import ADMINS
from ingest.payloads.conversion import struct_of
from ingest.routing.bodies import object_body
from ingest.routing.route import ResponseSpec, Route, uuid_id
from ingest.routing.runner import actor_of

WALL_LINKS = "/api/ws/wall-links"
TAG = "Wall links"
REQUIREMENTS = {
    "name": "must be text of 1 to 64 characters",
    "tabs": "must hold 1 to 3 of browsers, servers, alerts",
    "tab_seconds": "must be a whole number from 5 to 3600",
    "days": "must be a whole number from 1 to 400",
}


def wall_links(services: Services) -> WallLinkList:
    """`GET /api/ws/wall-links`."""
    return services.wall.links.all(actor_of(services))


def add_wall_link(services: Services, payload: WallLinkRequest) -> WallLinkResponse:
    """`POST /api/ws/wall-links`."""
    return services.wall.links.add(actor_of(services), payload)


def remove_wall_link(services: Services, link_id: UUID) -> None:
    """`DELETE /api/ws/wall-links/{id}`."""
    services.wall.links.remove(actor_of(services), link_id)


def read_wall_link(item: Any) -> WallLinkRequest:
    """The link to make. Raises `Fault`."""
    return struct_of(item, WallLinkRequest, REQUIREMENTS)


ROUTES = (
    Route(
        method="GET",
        path=WALL_LINKS,
        name="wall_links",
        tag=TAG,
        summary="Get all wall links",
        roles=ADMINS,
        view=wall_links,
        response=ResponseSpec(text="The links, without their tokens.", kind=WallLinkList),
    ),
    Route(
        method="POST",
        path=WALL_LINKS,
        name="add_wall_link",
        tag=TAG,
        summary="Make a wall link",
        description="Opens a screen of large figures without a sign-in, and nothing else, until it "
        "expires or is revoked. `path` is answered this once. 409: there are as many as there may "
        "be.",
        roles=ADMINS,
        body=object_body(WallLinkRequest, read_wall_link),
        view=add_wall_link,
        response=ResponseSpec(text="The link.", status=201, kind=WallLinkResponse),
        problems=(409,),
    ),
    Route(
        method="DELETE",
        path=f"{WALL_LINKS}/{{link_id}}",
        name="remove_wall_link",
        tag=TAG,
        summary="Revoke a wall link",
        roles=ADMINS,
        ids=(uuid_id("link_id", "The id of the link."),),
        view=remove_wall_link,
        response=ResponseSpec(text="It works no more.", status=204),
    ),
)
