"""Commands and replies as centrifuge 5.8 writes them."""

from tests.support.servers.protocol_page import RECEIVED, SENT, ProtocolPage


def test_json_lines(readers: ProtocolPage) -> None:
    readers.assert_says(
        "centrifuge",
        "/connection/websocket",
        (SENT, '{"connect":{"token":"t","name":"js"},"id":1}', "latency"),
        (
            RECEIVED,
            '{"id":1,"connect":{"client":"c","version":"0","subs":{"a":{}},"ping":25,"pong":true}}',
            "answers 0, alive every 25000",
        ),
        (SENT, '{"subscribe":{"channel":"news","flag":1},"id":2}', "latency"),
        (SENT, '{"send":{"data":{"id":1}}}', ""),
        (
            SENT,
            '{"rpc":{"method":"get","data":{}},"id":3}\n{"rpc":{"method":"bad","data":{}},"id":4}\n'
            '{"publish":{"channel":"news","data":{"id":9}},"id":5}',
            "reply, reply, latency",
        ),
        (
            RECEIVED,
            '{"push":{"channel":"news","pub":{"data":{"id":3}}}}\n{"id":2,"subscribe":{}}\n'
            '{"id":4,"error":{"code":104,"message":"not found"}}',
            "answers 2, answers 4 failed",
        ),
        (RECEIVED, '{"id":3,"rpc":{"data":{"error":1}}}\n{}\n', "answers 4"),
        (SENT, "{}", ""),
    )


def test_protobuf_messages(readers: ProtocolPage) -> None:
    connect, rpc = "080801220422026a73", "0708ac026a020a00"  # ids 1 and 300
    readers.assert_says(
        "centrifuge",
        "/any",
        (SENT, bytes.fromhex(connect), "latency"),
        (SENT, bytes.fromhex(rpc), "reply"),
        (RECEIVED, bytes.fromhex("0408012a00 00"), "answers 0"),
        (RECEIVED, bytes.fromhex("0422020a00"), ""),  # a push
        (RECEIVED, bytes.fromhex("0708ac0212020868"), "answers 1 failed"),
        (SENT, b"\0", ""),
        subprotocol="centrifuge-protobuf",
    )


def test_a_path_of_its_own_is_read_from_the_reply_on(readers: ProtocolPage) -> None:
    readers.assert_says(
        "centrifuge",
        "/rt",
        (SENT, '{"connect":{},"id":1}', ""),
        (RECEIVED, '{"id":1,"connect":{"client":"c","version":"0"}}', "answers nothing"),
    )
