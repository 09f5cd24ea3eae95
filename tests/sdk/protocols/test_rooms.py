"""The protocol of `/ws`, as its server writes it."""

from tests.support.servers.protocol_page import RECEIVED, SENT, ProtocolPage


def test_requests_and_replies(readers: ProtocolPage) -> None:
    readers.assert_says(
        "rooms",
        "/ws?app=portal",
        (SENT, '{"type":"join","room":"é"}', "latency"),
        (RECEIVED, r'{"type": "joined", "room": "\u00e9", "members": 2}', "answers 0"),
        (SENT, '{"type":"message","room":"é","data":{"id":3},"id":"m1"}', "latency"),
        (RECEIVED, '{"type": "message", "room": "a", "data": 1, "from": "x"}', ""),
        (RECEIVED, '{"type": "message", "room": "a", "data": 1, "id": "m1"}', "answers 2"),
        (SENT, '{"type":"ping","id":7}', "heartbeat"),
        (RECEIVED, '{"type": "pong", "id": 7}', "answers 5"),
        (SENT, '{"type":"leave","room":"a","id":8}', "latency"),
        (RECEIVED, '{"type": "error", "code": "no-such-room", "id": 8}', "answers 7, failed"),
        (RECEIVED, '{"type": "error", "code": "not-json", "detail": "x"}', "failed"),
        (SENT, '{"type":"constructor","id":1}', ""),
    )
