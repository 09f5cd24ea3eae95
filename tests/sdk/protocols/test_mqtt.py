"""MQTT packets as mqtt 5.16 and aedes 1.2 write them, and those of version 5 by its standard."""

from tests.support.servers.protocol_page import RECEIVED, SENT, ProtocolPage

CONNECT = bytes.fromhex("101300044d5154540402000200076d7174746a735f")
PUBLISH = b"\x34\xaf\x46\x00\x03a/b\xa1\xb2" + b"x" * 9000
CONNACK, PINGREQ, PINGRESP = b"\x20\x02\0\0", b"\xc0\0", b"\xd0\0"


def test_a_packet_may_be_many_messages_and_a_message_many_packets(readers: ProtocolPage) -> None:
    readers.assert_says(
        "mqtt",
        "/mqtt",
        (SENT, CONNECT, "latency"),
        *((RECEIVED, bytes([byte]), "") for byte in CONNACK[:3]),
        (RECEIVED, CONNACK[3:], "answers 0"),
        (
            SENT,
            bytes.fromhex("8208a1b00003612f2301 320c0003612f62a1b168656c6c6f") + PUBLISH,
            "latency, latency, latency",
        ),
        (RECEIVED, bytes.fromhex("4002 a1b1 9003 a1b0"), "answers 5"),
        (RECEIVED, b"\x01", "answers 5"),
        (RECEIVED, bytes.fromhex("3007 0003 612f63 7130 3210 0003"), ""),
        (RECEIVED, bytes.fromhex("612f62 a1b2 68656c6c6f4002a1b2"), ""),  # a body like a PUBACK
        (RECEIVED, b"\x50", ""),
        (RECEIVED, bytes.fromhex("02a1b2"), "answers 5"),
        (SENT, bytes.fromhex("6202a1b2 40020012 3007 0003 612f63 7130"), ""),
        (SENT, PINGREQ, "heartbeat"),
        (RECEIVED, PINGRESP, "answers 13"),
        (SENT, bytes.fromhex("e000"), ""),
        subprotocol="mqtt",
    )


def test_a_body_longer_than_what_is_read_is_skipped_by_its_length(readers: ProtocolPage) -> None:
    head, tail = PUBLISH[:4000], PUBLISH[4000:]
    readers.assert_says(
        "mqtt",
        "/",
        (SENT, CONNECT, "latency"),
        (SENT, head, "latency"),
        (SENT, tail + PINGREQ, ""),  # this ping begins in the part that is not read
        (SENT, PUBLISH[7:60], ""),  # lost: no whole packets
        (SENT, PINGREQ, "heartbeat"),  # and back
        (RECEIVED, head[:10], ""),
        (RECEIVED, head[10:] + tail, ""),
        (RECEIVED, PINGRESP, "answers 4"),
    )


def test_failures(readers: ProtocolPage) -> None:
    readers.assert_says(
        "mqtt",
        "/",
        (SENT, CONNECT, "latency"),
        (RECEIVED, bytes.fromhex("20020005"), "answers 0 failed"),
        (SENT, bytes.fromhex("820e0001 0003612f6200 0003612f6300"), "latency"),
        (RECEIVED, bytes.fromhex("90040001 0080"), "answers 2 failed"),
        (SENT, bytes.fromhex("320800036162630002 78"), "latency"),
        (RECEIVED, bytes.fromhex("40030002 87"), "answers 4 failed"),
        (SENT, bytes.fromhex("a2070003 000361 2f62"), "latency"),
        (RECEIVED, bytes.fromhex("b0020003"), "answers 6"),
        (SENT, bytes.fromhex("320800036162630002 78"), "latency"),
        (RECEIVED, bytes.fromhex("40040002 0000"), "answers 8"),
    )
