"""Ends of our own connections that their browser gave an id."""

from uuid import UUID

import pytest

from ingest.sockets.meter.meter import OTHER_APPS, Meter
from ingest.sockets.meter.named_ends import MOST_ENDS, NamedEnd, NamedEnds, id_of
from ingest.sockets.meter.process import ProcessMeter
from tests.support.clock import NOON

ID = UUID("0b7e3c1a-8f0d-4a51-9d2e-6c5b4a392817")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (str(ID), ID), (str(ID).upper(), None), ("", None), (f"{ID}0", None), (f"{{{ID}}}", None),
        ("x" * 10_000, None), ("' OR 1=1", None), (f"{ID}\n", None),
    ],
)  # fmt: skip
def test_only_a_uuid_is_an_id(text: str, expected: UUID | None) -> None:
    assert id_of({"wsmon": text}) == expected


def end(app: str = "portal") -> NamedEnd:
    return NamedEnd(app, ID, 1000, "client", 12.5, 3, 2)


def test_ends_are_taken_once_and_bounded() -> None:
    ends = NamedEnds()
    for _ in range(MOST_ENDS + 1):
        ends.add(end())
    taken = ends.take(NOON, str)
    assert (len(taken), ends.take(NOON, str)) == (MOST_ENDS, ())
    assert (taken[0].app, taken[0].server_open_ms, taken[0].server_sent) == ("portal", 12_500, 3)
    assert taken[0].server_ended_at <= NOON


def test_an_app_without_a_name_of_its_own_is_among_the_others() -> None:
    meter = Meter("secret")
    meter.tally("portal").open(None)
    for app in ("portal", "stranger"):
        meter.named_ends.add(end(app))
    process, *_ = meter.samples("here", NOON, NOON.replace(second=5), ProcessMeter())
    assert [each.app for each in process.ends] == ["portal", OTHER_APPS]
