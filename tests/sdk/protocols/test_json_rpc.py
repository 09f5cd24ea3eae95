"""Calls as rpc-websockets 10 and jayson 5 write them."""

from tests.support.servers.protocol_page import RECEIVED, SENT, ProtocolPage


def test_calls_errors_and_notifications(readers: ProtocolPage) -> None:
    readers.assert_says(
        "json-rpc",
        "/",
        (SENT, '{"jsonrpc":"2.0","method":"sum","params":[{"id":7}],"id":1}', "reply"),
        (SENT, '{"method":"add","jsonrpc":"2.0","params":[1],"id":"bc3c-1"}', "reply"),
        (SENT, '{"jsonrpc":"2.0","method":"n","params":{"id":7}}', ""),
        (RECEIVED, '{"jsonrpc":"2.0","error":{"code":-32601},"id":1}', "answers 0, failed"),
        (
            RECEIVED,
            '{"jsonrpc": "2.0", "id": "bc3c-1", "error": null, "result": {"error": 1}}',
            "answers 1",
        ),
        (RECEIVED, '{"jsonrpc":"2.0","method":"tick","params":{"id":1}}', ""),
        (RECEIVED, '{"jsonrpc":"2.0","method":"ask","id":1}', ""),  # a call of the server's
        (SENT, '{"jsonrpc":"2.0","result":5,"id":1}', ""),
        (RECEIVED, '{"jsonrpc":"2.0","error":{"code":-32700},"id":null}', "failed"),
    )


def test_batches(readers: ProtocolPage) -> None:
    readers.assert_says(
        "json-rpc",
        "/",
        (
            SENT,
            '[{"method":"a","jsonrpc":"2.0","id":"x"}, {"method":"b","jsonrpc":"2.0","id":2},'
            '{"method":"n","jsonrpc":"2.0","params":[]}]',
            "reply, reply",
        ),
        (
            RECEIVED,
            '[{"jsonrpc":"2.0","id":2,"error":{"code":1}},{"jsonrpc":"2.0","id":"x","result":2}]',
            "answers 0, failed, answers 0",
        ),
    )
