import msgspec
import pytest

from analytics.load_tests.agreement import differences
from analytics.load_tests.report import ServerSide
from analytics.load_tests.verdict import TIMED_OUT
from tests.support.load_reports import PLAN, report

AGREES = ServerSide(opened=50, closed={"1000": 50}, received=1500, sent=1500)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({}, None),
        ({"opened": 49}, "connections opened: 50 by the generator, 49 by the server"),
        ({"sent": 1499}, "messages to clients: 1,500 by the generator, 1,499 by the server"),
        ({"active": 2}, "connections still open for the server after the end: 2"),
    ],
)
def test_each_figure_is_compared(change: dict[str, int], sentence: str | None) -> None:
    made, server = report(), msgspec.structs.replace(AGREES, **change)
    expected = [] if sentence is None else [sentence]
    assert list(differences(PLAN, server, made.connections, made.messages)) == expected


def test_an_abandoned_handshake_may_have_ended_for_the_server() -> None:
    made = report()
    gave_up = msgspec.structs.replace(made.connections, connected=48, failed={TIMED_OUT: 2})
    assert not list(differences(PLAN, AGREES, gave_up, made.messages))
    refused = msgspec.structs.replace(made.connections, connected=48, failed={"full": 2})
    assert len(list(differences(PLAN, AGREES, refused, made.messages))) == 2


def test_what_was_on_its_way_to_a_cut_connection_is_no_difference() -> None:
    made = report()
    messages = msgspec.structs.replace(made.messages, received=1497, cut=3)
    assert not list(differences(PLAN, AGREES, made.connections, messages))
    slow = msgspec.structs.replace(PLAN, scenario="slow-readers")
    unread = msgspec.structs.replace(made.messages, received=900)
    assert not list(differences(slow, AGREES, made.connections, unread))
