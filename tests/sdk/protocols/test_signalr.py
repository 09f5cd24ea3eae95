"""Hub messages as @microsoft/signalr 10.0.11 and its MessagePack protocol write them."""

from tests.support.servers.protocol_page import RECEIVED, SENT, ProtocolPage

END = "\x1e"


def test_json_records(readers: ProtocolPage) -> None:
    invocation = '{"target":"Get","arguments":[1,{"type":4}],"invocationId":"%s","type":1}'
    readers.assert_says(
        "signalr",
        "/hubs/chat?id=tok",
        (SENT, '{"protocol":"json","version":1}' + END, "latency"),
        (RECEIVED, "{}" + END + '{"type":6}' + END, "answers 0"),
        (SENT, '{"type":6}' + END, ""),
        (SENT, invocation % 0 + END, "reply"),
        (SENT, invocation % 1 + END, "reply"),
        (SENT, '{"target":"Fire","arguments":[1],"type":1}' + END, ""),
        (SENT, '{"target":"St","arguments":[1],"invocationId":"2","type":4}' + END, ""),
        (
            RECEIVED,
            '{"type":1,"target":"news","arguments":["x"]}\x1e'
            '{"type":3,"invocationId":"0","result":{"error":1}}\x1e'
            '{"type":3,"invocationId":"1","error":"An unexpected error"}\x1e',
            "answers 3, answers 4, failed",
        ),
        (RECEIVED, '{"type":2,"invocationId":"2","item":1}' + END, ""),
        (RECEIVED, '{"type":3,"invocationId":"2"}' + END, "answers nothing"),
        (SENT, '{"type":3,"invocationId":"0","result":1}' + END, ""),  # the server had asked
    )


def test_messagepack_messages(readers: ProtocolPage) -> None:
    readers.assert_says(
        "signalr",
        "/hubs/chat",
        (SENT, '{"protocol":"messagepack","version":1}' + END, "latency"),
        (RECEIVED, bytes.fromhex("7b7d1e 029106"), "answers 0"),
        (SENT, bytes.fromhex("029106"), ""),
        (SENT, bytes.fromhex("10950180a130a3476574920181a161a162"), "reply"),
        (SENT, bytes.fromhex("0a950180a131a342616490"), "reply"),
        (SENT, bytes.fromhex("0b950180c0a4466972659101 0a950480a132a253749101"), ""),
        (
            RECEIVED,
            bytes.fromhex("07950380a1300305 0b950380a13101a4626f6f6d"),
            "answers 3, answers 4, failed",
        ),
        (SENT, bytes.fromhex("039207c0"), ""),
    )


def test_a_refused_handshake(readers: ProtocolPage) -> None:
    readers.assert_says(
        "signalr",
        "/x",
        (SENT, '{"protocol":"json","version":9}' + END, "latency"),
        (RECEIVED, '{"error":"version"}' + END, "answers 0 failed"),
    )


def test_a_record_cut_before_its_type_is_no_beat(readers: ProtocolPage) -> None:
    long = '{"arguments":["' + "6" * 5000 + '"],"type":1}' + END
    readers.assert_says(
        "signalr",
        "/x",
        (SENT, '{"protocol":"json","version":1}' + END, "latency"),
        (RECEIVED, "{}" + END, "answers 0"),
        (RECEIVED, long, ""),
        (SENT, long, ""),
    )
