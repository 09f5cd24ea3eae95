"""Operations as graphql-ws 6.4.2 and subscriptions-transport-ws 0.11 write them."""

import pytest

from tests.support.servers.protocol_page import RECEIVED, SENT, ProtocolPage

LONG = "a " * 3_000
NEW, OLD = "graphql-transport-ws", "graphql-ws"


def subscribe(name: str, document: str) -> str:
    """The request of an operation."""
    return f'{{"id":"{name}","type":"subscribe","payload":{{"query":"{document}"}}}}'


def test_queries_errors_and_pings(readers: ProtocolPage) -> None:
    readers.assert_says(
        "graphql-ws",
        "/graphql",
        (SENT, '{"type":"connection_init","payload":{"id":"a"}}', "latency"),
        (RECEIVED, '{"type":"connection_ack"}', "answers 0"),
        (SENT, subscribe("a", "{ a }"), "reply"),
        (RECEIVED, '{"id":"a","type":"next","payload":{"data":{"errors":1}}}', ""),
        (RECEIVED, '{"id":"a","type":"complete"}', "answers 2"),
        (SENT, subscribe("b", "query Q { bad a }"), "reply"),
        (RECEIVED, '{"id":"b","type":"next","payload":{"data":{"a":1},"errors":[{}]}}', ""),
        (RECEIVED, '{"id":"b","type":"complete"}', "answers 5 failed"),
        (SENT, subscribe("c", "mutation { m }"), "reply"),
        (RECEIVED, '{"id":"c","type":"error","payload":[{"message":"no"}]}', "answers 8, failed"),
        (SENT, '{"type":"ping"}', "heartbeat"),
        (RECEIVED, '{"type":"pong"}', "answers 10"),
        (RECEIVED, '{"type":"ping"}', ""),
        (SENT, '{"type":"pong"}', ""),
        subprotocol=NEW,
    )


def test_only_a_single_result_is_a_reply(readers: ProtocolPage) -> None:
    following = '{"type": "next", "id": "a", "payload": {}}'
    readers.assert_says(
        "graphql-ws",
        "/graphql",
        (SENT, subscribe("a", "{ a }"), "reply"),
        (RECEIVED, following, ""),
        (RECEIVED, following, "forgets 0"),  # @stream or a live query
        (RECEIVED, '{"id":"a","type":"complete"}', ""),
        (SENT, subscribe("b", "{ a }"), "reply"),
        (RECEIVED, '{"id":"b","type":"complete"}', "forgets 4"),
        (SENT, subscribe("c", "{ a }"), "reply"),
        (SENT, '{"id":"c","type":"complete"}', "forgets 6"),
        subprotocol=NEW,
    )


@pytest.mark.parametrize(
    "payload",
    [
        '"query":"subscription { s }"',
        r'"query":"\n  # x\n subscription S { s }"',
        r'"query":"fragment F on A { b }\nsubscription { ...F }","operationName":null',
        r'"query":"query Q { a }\nsubscription S { s }","operationName":"S"',
        r'"query":"\u000asubscription { s }"',
        '"extensions":{"persistedQuery":{"sha256Hash":"ab"}}',
        f'"query":"query {{ {LONG} }}"',  # what follows is not read
    ],
)
def test_what_may_be_a_subscription_is_no_ask(readers: ProtocolPage, payload: str) -> None:
    readers.assert_says(
        "graphql-ws",
        "/graphql",
        (SENT, f'{{"id":"a","type":"subscribe","payload":{{{payload}}}}}', ""),
        (RECEIVED, '{"id":"a","type":"next","payload":{"data":{}}}', ""),
        (RECEIVED, '{"id":"a","type":"complete"}', ""),
        subprotocol=NEW,
    )


def test_the_older_protocol(readers: ProtocolPage) -> None:
    readers.assert_says(
        "graphql-ws",
        "/graphql",
        (SENT, '{"type":"connection_init","payload":{}}', "latency"),
        (SENT, '{"id":"1","type":"start","payload":{"query":"{ subscriptions }"}}', "reply"),
        (SENT, '{"id":"2","type":"start","payload":{"query":"subscription { s }"}}', ""),
        (RECEIVED, '{"type":"connection_ack"}', "answers 0"),
        (RECEIVED, '{"type":"ka"}', ""),
        (RECEIVED, '{"type":"data","id":"1","payload":{"errors":[{}],"data":{}}}', ""),
        (RECEIVED, '{"type":"complete","id":"1","payload":null}', "answers 1 failed"),
        (RECEIVED, '{"type":"data","id":"2","payload":{"data":{"s":1}}}', ""),
        (SENT, '{"id":"2","type":"stop"}', ""),
        subprotocol=OLD,
    )
