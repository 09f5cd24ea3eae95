"""Links to a wall: made and revoked by admins, each change with its entry in the audit trail.

A link's token is a secret, signed by the key that signs sign-ins: a forged one is refused without a
look into the store. It opens the wall and nothing else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID, uuid4

import msgspec
from itsdangerous import BadSignature, URLSafeSerializer
from msgspec import Meta

from analytics.people import credentials
from analytics.permission.actor import Actor, NotAllowed
from models.database.engine import Database
from models.people.audit import Audit, AuditEntry
from models.people.wall_links import TooManyWallLinks, WallLink, WallLinks

__all__ = ["NoSuchWallLink", "TooManyWallLinks", "WallLinkActions"]

PATH = "/wall"
SALT = "wsmon wall"
LONGEST_NAME = 64
TabName = Literal["browsers", "servers", "alerts"]
TABS: tuple[TabName, ...] = ("browsers", "servers", "alerts")


class WallLinkRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A link to make: its tabs in turn, each for `tab_seconds`, for `days`."""

    name: Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME)]
    tabs: Annotated[list[TabName], Meta(min_length=1, max_length=3)] = msgspec.field(
        default_factory=lambda: [*TABS]
    )
    tab_seconds: Annotated[int, Meta(ge=5, le=3600)] = 20
    days: Annotated[int, Meta(ge=1, le=400)] = 90


class WallLinkResponse(msgspec.Struct, frozen=True, kw_only=True):
    """A link. `path`, below the address of the installation, opens the wall; it is
    answered once, when the link is made."""

    id: UUID
    name: str
    tabs: list[str]
    tab_seconds: int
    created_at: datetime
    created_by: str
    expires_at: datetime
    path: str | None = None


class WallLinkList(msgspec.Struct, frozen=True, kw_only=True):
    """Links, the newest first."""

    wall_links: list[WallLinkResponse]


class NoSuchWallLink(Exception):
    """There is no link with this id."""


@dataclass(frozen=True, slots=True)
class WallLinkActions:
    """Methods raise `DatabaseAway`; those of an actor `NotAllowed` unless it is an admin."""

    database: Database
    key: Callable[[], str]
    now: Callable[[], datetime]

    def all(self, actor: Actor) -> WallLinkList:
        """All links."""
        _require_admin(actor)
        links = WallLinks(self.database).all()
        return WallLinkList(wall_links=[_response(link) for link in links])

    def add(self, actor: Actor, request: WallLinkRequest) -> WallLinkResponse:
        """Make a link; its path holds the token, which is not stored. Raises `TooManyWallLinks`."""
        _require_admin(actor)
        now, secret = self.now(), credentials.new_token()
        tabs: list[str] = list(dict.fromkeys(request.tabs))
        link = WallLink(
            uuid4(), request.name, tabs, request.tab_seconds, now, actor.name,
            now + timedelta(days=request.days),
        )  # fmt: skip
        WallLinks(self.database).add(link, credentials.hashed_token(secret))
        self._record(actor, "made wall link", link.name)
        return msgspec.structs.replace(_response(link), path=f"{PATH}?token={self._signed(secret)}")

    def remove(self, actor: Actor, link_id: UUID) -> None:
        """Revoke a link, effective at once. Raises `NoSuchWallLink`."""
        _require_admin(actor)
        name = WallLinks(self.database).remove(link_id)
        if name is None:
            raise NoSuchWallLink("There is no wall link with this id.")
        self._record(actor, "revoked wall link", name)

    def find(self, token: str) -> WallLink | None:
        """The link of a token; `None`: forged, expired or revoked."""
        try:
            secret = URLSafeSerializer(self.key(), salt=SALT).loads(token)
        except BadSignature:
            return None
        return WallLinks(self.database).find(credentials.hashed_token(str(secret)), self.now())

    def _signed(self, secret: str) -> str:
        signed = URLSafeSerializer(self.key(), salt=SALT).dumps(secret)
        return signed if isinstance(signed, str) else signed.decode()

    def _record(self, actor: Actor, action: str, subject: str) -> None:
        Audit(self.database).record(AuditEntry(self.now(), actor.name, action, subject, {}))


def _response(link: WallLink) -> WallLinkResponse:
    return WallLinkResponse(**{name: getattr(link, name) for name in WallLink.__slots__}, path=None)


def _require_admin(actor: Actor) -> None:
    if not actor.is_admin:
        raise NotAllowed("Only an admin may do this.")
