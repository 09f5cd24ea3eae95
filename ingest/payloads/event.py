"""Validation of an event (deployment, maintenance) that is marked on charts."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec
from msgspec import Meta

from models.raw.events import Event

from . import rules
from .fault import Fault, from_validation
from .schema import Instant, Text64, requirements

MOST_AHEAD = timedelta(days=366)
MOST_BEHIND = timedelta(days=400)


class EventPayload(msgspec.Struct, frozen=True):
    """What happened; `at` defaults to now. Sent again with the same content it is the same."""

    kind: Annotated[str, Meta(pattern="^[a-z][a-z0-9_-]{0,31}$")]
    title: Annotated[str, Meta(min_length=1, max_length=128)]
    at: Instant | None = None
    app: Text64 | None = None
    event_id: UUID | None = None


_requirements = requirements(EventPayload) | {
    "kind": "must be a word of 1 to 32 of a-z, 0-9, dash and underscore"
}


def read_event(item: Any, now: datetime) -> Event:
    """The event in `item`. Raises `Fault` naming the first field at fault."""
    if not isinstance(item, dict):
        raise Fault("event", "must be an object")
    try:
        payload = msgspec.convert(item, EventPayload, strict=True)
    except msgspec.ValidationError as error:
        raise from_validation(error, _requirements) from None
    at = rules.instant("at", payload.at or now)
    if not -MOST_BEHIND <= at - now <= MOST_AHEAD:
        raise Fault("at", "must lie between 400 days ago and 366 days ahead")
    title = rules.text("title", payload.title) or ""
    app = rules.text("app", payload.app)
    content = f"wsmon:{payload.kind}:{at.isoformat()}:{app}:{title}"
    event_id = payload.event_id or uuid5(NAMESPACE_URL, content)
    return Event(event_id, at, payload.kind, title, app, is_stamped=payload.at is None)
