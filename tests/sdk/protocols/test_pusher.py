"""Events as pusher-js 8.6 writes them."""

from tests.support.servers.protocol_page import RECEIVED, SENT, ProtocolPage

OPEN = r'{"event":"pusher:connection_established","data":"{\"activity_timeout\":120}"}'


def test_subscriptions_and_pings(readers: ProtocolPage) -> None:
    readers.assert_says(
        "pusher",
        "/app/KEY?protocol=7&client=js&version=8.6.0",
        (RECEIVED, OPEN, ""),
        (SENT, '{"event":"pusher:subscribe","data":{"auth":"","channel":"a"}}', "latency optional"),
        (SENT, '{"event":"pusher:subscribe","data":{"channel":"é"}}', "latency optional"),
        (
            RECEIVED,
            '{"event":"pusher_internal:subscription_succeeded","channel":"a","data":"{}"}',
            "answers 1",
        ),
        (
            RECEIVED,
            '{"data":"{}","channel":"\\u00e9","event":"pusher:subscription_error"}',
            "answers 2 failed",
        ),
        (RECEIVED, '{"event":"pusher:error","data":{"code":4009}}', "failed"),
        (RECEIVED, r'{"event":"new","channel":"a","data":"{\"event\":\"pusher:pong\"}"}', ""),
        (RECEIVED, '{"event":"pusher:ping","data":{}}', ""),
        (SENT, '{"event":"pusher:pong","data":{}}', ""),
        (SENT, '{"event":"pusher:ping","data":{}}', "heartbeat"),
        (RECEIVED, '{"event":"pusher:pong","data":"{}"}', "answers 9"),
        (SENT, '{"event":"client-typing","channel":"a","data":{}}', ""),
    )
