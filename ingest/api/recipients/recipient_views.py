"""Recipients and deliveries: what their routes do."""

from typing import Any
from uuid import UUID

import msgspec

from analytics.notifications.delivery.recipient_actions import Delivery, Recipient, Trial
from analytics.services.services import Services
from ingest.payloads.recipient import RecipientChange, RecipientPayload
from ingest.routing.runner import actor_of


class RecipientList(msgspec.Struct, frozen=True):
    """Everybody, the first one first."""

    recipients: list[Recipient]


class DeliveryList(msgspec.Struct, frozen=True):
    """The newest messages first, at most 200."""

    deliveries: list[Delivery]


def recipients(services: Services) -> RecipientList:
    """`GET /api/ws/recipients`."""
    return RecipientList(services.alerts.recipient_actions.all(actor_of(services)))


def add_recipient(services: Services, payload: RecipientPayload) -> Recipient:
    """`POST /api/ws/recipients`."""
    return services.alerts.recipient_actions.add(
        actor_of(services),
        payload.kind,
        payload.address,
        payload.name,
        wants_resolved=payload.wants_resolved,
        wants_digest=payload.wants_digest,
        paused=payload.paused,
    )


def change_recipient(services: Services, recipient_id: UUID, payload: RecipientChange) -> Recipient:
    """`PATCH /api/ws/recipients/{recipient_id}`."""
    changes: dict[str, Any] = msgspec.to_builtins(payload)
    return services.alerts.recipient_actions.change(actor_of(services), recipient_id, changes)


def remove_recipient(services: Services, recipient_id: UUID) -> None:
    """`DELETE /api/ws/recipients/{recipient_id}`."""
    services.alerts.recipient_actions.remove(actor_of(services), recipient_id)


def send_test(services: Services, recipient_id: UUID) -> Trial:
    """`POST /api/ws/recipients/{recipient_id}/test`: waits for the other server's response."""
    return services.alerts.recipient_actions.test(actor_of(services), recipient_id)


def deliveries(services: Services, state: str | None) -> DeliveryList:
    """`GET /api/ws/deliveries`."""
    return DeliveryList(services.alerts.recipient_actions.deliveries(actor_of(services), state))
