"""STOMP frames as @stomp/stompjs 7.5 writes them."""

from tests.support.servers.protocol_page import RECEIVED, SENT, ProtocolPage

CONNECT = "CONNECT\naccept-version:1.2,1.1,1.0\nheart-beat:400,400\n\n\0"


def test_receipts_and_heart_beats(readers: ProtocolPage) -> None:
    readers.assert_says(
        "stomp",
        "/stomp",
        (SENT, CONNECT, "latency"),
        (
            RECEIVED,
            "CONNECTED\nversion:1.2\nheart-beat:500,300\n\n\0",
            "answers 0, alive every 500",
        ),
        (SENT, "SUBSCRIBE\nreceipt:r1\nid:sub-0\ndestination:/q\n\n\0", "latency"),
        (SENT, b"SEND\ndestination:/q\nreceipt:r2\ncontent-length:2\n\nhi\0", "latency"),
        (SENT, "SEND\ndestination:/q\ncontent-length:11\n\nx\nreceipt:zz\n\0", ""),
        (RECEIVED, "MESSAGE\nsubscription:sub-0\n\nx\nreceipt-id:r2\nbody\0", ""),
        (RECEIVED, "RECEIPT\nreceipt-id:r2\n\n\0", "answers 3"),
        (RECEIVED, b"RECEIPT\r\nreceipt-id:r1\r\n\r\n\0", "answers 2"),
        (RECEIVED, "ERROR\nreceipt-id:r9\nmessage:bad\n\nbody\0", "answers nothing, failed"),
        (RECEIVED, "ERROR\nmessage:bad\n\nbody\0", "failed"),
        (RECEIVED, "\n", ""),
        (SENT, "\n", ""),
    )


def test_without_heart_beats_nothing_is_promised(readers: ProtocolPage) -> None:
    for accepted, promised in (("400,0", "500,300"), ("0,400", "0,0")):
        readers.assert_says(
            "stomp",
            "/",
            (SENT, f"STOMP\nheart-beat:{accepted}\n\n\0", "latency"),
            (RECEIVED, f"CONNECTED\nheart-beat:{promised}\n\n\0", "answers 0"),
            subprotocol="v12.stomp",
        )
