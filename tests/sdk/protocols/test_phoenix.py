"""Channel messages as phoenix 1.8.16 writes them."""

from tests.support.servers.protocol_page import RECEIVED, SENT, ProtocolPage


def test_version_2(readers: ProtocolPage) -> None:
    reply = '["3","%s","room:1","phx_reply",{"response":{"status":"error"},"status":"%s"}]'
    readers.assert_says(
        "phoenix",
        "/socket/websocket?token=t&vsn=2.0.0",
        (SENT, '["3","3","room:1","phx_join",{}]', "reply"),
        (RECEIVED, reply % (3, "ok"), "answers 0"),
        (RECEIVED, '["3",null,"room:1","presence_state",{}]', ""),
        (RECEIVED, '[null,null,"room:1","new_msg",{"ref":"3"}]', ""),
        (SENT, '["3","4","room:1","msg",{"a":1}]', "reply optional"),
        (SENT, '["3","5","room:1","bad",{}]', "reply optional"),
        (RECEIVED, reply % (4, "ok"), "answers 4"),
        (RECEIVED, reply % (5, "error"), "answers 5 failed"),
        (SENT, '[null,"7","phoenix","heartbeat",{}]', "heartbeat"),
        (
            RECEIVED,
            '[null,"7","phoenix","phx_reply",{"response":{},"status":"ok"}]',
            "answers 8",
        ),
        (SENT, '["3","9","room:1","phx_leave",{}]', "latency"),
        (RECEIVED, reply % (9, "ok"), "answers 10"),
        (RECEIVED, '["3","3","room:1","phx_close",{}]', ""),
    )


def test_binary_pushes(readers: ProtocolPage) -> None:
    readers.assert_says(
        "phoenix",
        "/socket/websocket?vsn=2.0.0",
        (SENT, '["3","3","room:1","phx_join",{}]', "reply"),
        (SENT, bytes([0, 1, 1, 6, 3]) + b"36room:1bin\x01\x02\x03", "reply optional"),
        (SENT, bytes([0, 1, 1, 6, 3]) + b"37room:1bin\x01", "reply optional"),
        (RECEIVED, bytes([1, 1, 1, 6, 2]) + b"36room:1ok\x01\x02", "answers 1"),
        (RECEIVED, bytes([1, 1, 1, 6, 5]) + b"37room:1error\x01", "answers 2 failed"),
        (RECEIVED, bytes([2, 6, 3]) + b"room:1new\x01", ""),
    )


def test_version_1(readers: ProtocolPage) -> None:
    reply = '{"topic":"%s","ref":"%s","payload":{"response":{},"status":"%s"},"event":"phx_reply"}'
    push = '{"topic":"%s","event":"%s","payload":{"ref":"9"},"ref":"%s"}'
    readers.assert_says(
        "phoenix",
        "/socket/websocket?vsn=1.0.0",
        (SENT, push % ("room:1", "phx_join", 3), "reply"),
        (RECEIVED, reply % ("room:1", 3, "error"), "answers 0 failed"),
        (RECEIVED, '{"topic":"room:1","ref":null,"payload":{},"event":"new"}', ""),
        (SENT, push % ("phoenix", "heartbeat", 6), "heartbeat"),
        (RECEIVED, reply % ("phoenix", 6, "ok"), "answers 3"),
        (SENT, push % ("room:1", "msg", 7), "reply optional"),
    )
