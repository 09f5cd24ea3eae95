"""Cable messages as @rails/actioncable 8.1.400 and Rails write them."""

import json

from tests.support.servers.protocol_page import RECEIVED, SENT, ProtocolPage

CHAT = json.dumps({"channel": "ChatChannel", "room": "Best <Room>"})
NO = json.dumps({"channel": "NoChannel"})


def cable(**members: object) -> str:
    """A message as a browser writes it."""
    return json.dumps(members, separators=(",", ":"))


def test_subscriptions_and_pings(readers: ProtocolPage) -> None:
    confirmed = cable(identifier=CHAT, type="confirm_subscription")
    readers.assert_says(
        "actioncable",
        "/live",
        (RECEIVED, '{"type":"welcome"}', "alive every 3000"),
        (SENT, cable(command="subscribe", identifier=CHAT), "latency"),
        (SENT, cable(command="subscribe", identifier=NO), "latency"),
        (RECEIVED, confirmed.replace("<", r"\u003c"), "answers 1"),  # as Ruby writes it
        (SENT, cable(command="message", identifier=CHAT, data="{}"), ""),
        (RECEIVED, cable(identifier=NO, type="reject_subscription"), "answers 2 failed"),
        (RECEIVED, cable(identifier=CHAT, message={"type": "ping"}), ""),
        (RECEIVED, '{"type":"ping","message":1700000000}', "alive every 3000"),
        (RECEIVED, cable(type="disconnect", reason="server_restart"), ""),
        (SENT, cable(command="unsubscribe", identifier=CHAT), ""),
        subprotocol="actioncable-v1-json",
    )
