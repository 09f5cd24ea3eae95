"""SockJS frames as sockjs 0.3 and sockjs-client 1.6.1 write them, around other protocols."""

import json

from tests.support.servers.protocol_page import RECEIVED, SENT, ProtocolPage

PATH = "/echo/605/ieuudrti/websocket"


def wrapped(*messages: str) -> str:
    """Messages as a client sends them."""
    return json.dumps(messages, separators=(",", ":"))


def test_the_protocol_inside_is_read(readers: ProtocolPage) -> None:
    readers.assert_says(
        "stomp",
        PATH,
        (RECEIVED, "o", ""),
        (SENT, wrapped("CONNECT\naccept-version:1.2\nheart-beat:0,9000\n\n\0"), "latency"),
        (
            RECEIVED,
            "a" + wrapped("CONNECTED\nversion:1.2\nheart-beat:9000,0\n\n\0"),
            "answers 1, alive every 9000",
        ),
        (RECEIVED, "h", ""),
        (RECEIVED, "a" + wrapped("\n"), ""),
        (SENT, wrapped("SEND\nreceipt:1\n\nx\0", "SEND\nreceipt:2\n\nx\0"), "latency, latency"),
        (RECEIVED, "a" + wrapped("RECEIPT\nreceipt-id:1\n\n\0"), "answers 5"),
        (RECEIVED, 'c[3000,"Go away!"]', ""),
    )


def test_json_inside(readers: ProtocolPage) -> None:
    readers.assert_says(
        "ddp",
        "/sockjs" + PATH,
        (RECEIVED, "o", ""),
        (RECEIVED, "a" + wrapped('{"server_id":"0"}'), ""),
        (SENT, wrapped('{"msg":"connect","version":"1","support":["1"]}'), "latency"),
        (RECEIVED, "a" + wrapped('{"msg":"connected","session":"é"}'), "answers 2"),
    )


def test_nothing_inside(readers: ProtocolPage) -> None:
    readers.assert_says(
        "sockjs",
        PATH,
        (RECEIVED, "o", ""),
        (SENT, '["a"]', ""),
        (RECEIVED, r'a["echo é \"a\"\n"]', ""),
        (RECEIVED, "h", ""),
    )
