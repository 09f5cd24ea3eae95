"""Engine.IO and Socket.IO frames as socket.io 4.8.4 and its client write them."""

from tests.support.servers.protocol_page import RECEIVED, SENT, ProtocolPage

OPEN = '0{"sid":"mOCu","upgrades":[],"pingInterval":700,"pingTimeout":500,"maxPayload":1000000}'


def test_acks_pings_and_namespaces(readers: ProtocolPage) -> None:
    readers.assert_says(
        "socket.io",
        "/socket.io/?EIO=4&transport=websocket",
        (RECEIVED, OPEN, "alive every 700"),
        (SENT, '40{"token":"x"}', "latency"),
        (RECEIVED, '40{"sid":"TbfB"}', "answers 1"),
        (RECEIVED, '42["hello",1]', ""),
        (RECEIVED, '420["need","a"]', ""),  # the server's ask, with an id of its own
        (SENT, '420["q",{"a":1}]', "reply"),
        (SENT, '430["client ack"]', ""),
        (SENT, '42["q","noack"]', ""),
        (SENT, '451-1["q",{"_placeholder":true,"num":0}]', "reply"),
        (SENT, b"hi", ""),
        (RECEIVED, '430[{"ok":1}]', "answers 5"),
        (RECEIVED, '461-1[{"_placeholder":true,"num":0}]', "answers 8"),
        (RECEIVED, "2", ""),
        (SENT, "3", ""),
        (SENT, "40/admin,", "latency"),
        (RECEIVED, '40/admin,{"sid":"uPCE"}', "answers 14"),
        (SENT, '42/admin,0["q",7]', "reply"),
        (SENT, '420["q",7]', "reply"),
        (RECEIVED, '43/admin,0[{"ok":7}]', "answers 16"),
        (SENT, "40/no,", "latency"),
        (RECEIVED, '44/no,{"message":"refused"}', "answers 19 failed"),
        (SENT, "41", ""),
    )


def test_a_socket_opened_by_polling_has_the_usual_interval(readers: ProtocolPage) -> None:
    readers.assert_says(
        "socket.io",
        "/chat/?EIO=4&transport=websocket&sid=8mhKc",
        (SENT, "2probe", "latency"),
        (RECEIVED, "3probe", "answers 0"),
        (SENT, "5", ""),
        (RECEIVED, "2", ""),
    )


def test_in_version_3_the_page_pings(readers: ProtocolPage) -> None:
    readers.assert_says(
        "socket.io",
        "/socket.io/?EIO=3&transport=websocket",
        (RECEIVED, OPEN, ""),
        (SENT, "2", "heartbeat"),
        (RECEIVED, "3", "answers 1"),
    )
