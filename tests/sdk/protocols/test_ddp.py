"""DDP messages as simpleddp 2.2 writes them."""

from tests.support.servers.protocol_page import RECEIVED, SENT, ProtocolPage


def test_methods_subscriptions_and_pings(readers: ProtocolPage) -> None:
    readers.assert_says(
        "ddp",
        "/websocket",
        (SENT, '{"msg":"connect","version":"1","support":["1"]}', "latency"),
        (RECEIVED, '{"server_id":"0"}', ""),
        (RECEIVED, '{"msg":"connected","session":"s1"}', "answers 0"),
        (SENT, '{"msg":"method","id":"0","method":"get","params":[{"msg":"sub"}]}', "reply"),
        (SENT, '{"msg":"method","id":"1","method":"bad","params":[]}', "reply"),
        (SENT, '{"msg":"sub","id":"0","name":"pub","params":[1]}', "reply"),
        (SENT, '{"msg":"sub","id":"1","name":"none","params":[]}', "reply"),
        (RECEIVED, '{"msg":"added","collection":"c","id":"0","fields":{}}', ""),
        (RECEIVED, '{"msg":"result","id":"0","result":5}', "answers 3"),
        (RECEIVED, '{"msg":"updated","methods":["0"]}', ""),
        (RECEIVED, '{"msg":"result","id":"1","error":{"error":404}}', "answers 4 failed"),
        (RECEIVED, '{"msg":"ready","subs":["0"]}', "answers 5"),
        (RECEIVED, '{"msg":"nosub","id":"1","error":{"error":404}}', "answers 6 failed"),
        (RECEIVED, '{"msg":"ping"}', ""),
        (SENT, '{"msg":"pong"}', ""),
        (SENT, '{"msg":"ping","id":"3"}', "heartbeat"),
        (RECEIVED, '{"msg":"pong","id":"3"}', "answers 15"),
    )
