"""Paths and response types of recipients and deliveries."""

import msgspec

from analytics.notifications.delivery.recipient_actions import Delivery, Recipient

RECIPIENTS_PATH = "/api/ws/recipients"
DELIVERIES_PATH = "/api/ws/deliveries"


class RecipientList(msgspec.Struct, frozen=True):
    """Everybody, the first one first."""

    recipients: list[Recipient]


class DeliveryList(msgspec.Struct, frozen=True):
    """The newest messages first, at most 200."""

    deliveries: list[Delivery]
