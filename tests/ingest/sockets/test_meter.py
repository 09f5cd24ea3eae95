"""The meter without sockets: counts reset, gauges persist, idle apps are not sampled."""

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.http.problems import Forbidden
from ingest.sockets.engine import identity
from ingest.sockets.meter.meter import MOST_APPS, OTHER_APPS, Meter
from ingest.sockets.meter.process import ProcessMeter
from ingest.sockets.meter.tally import Tally
from ingest.sockets.rooms.rooms import Rooms
from models.raw.server_samples import ServerSample, totals_of
from tests.support.clock import NOON

SECRET = "a secret of the tests"


def samples(meter: Meter) -> dict[str | None, ServerSample]:
    end = NOON + timedelta(seconds=5)
    return {sample.app: sample for sample in meter.samples("here", NOON, end, ProcessMeter())}


def test_counts_reset_and_gauges_persist() -> None:
    meter = Meter(SECRET)
    meter.tally("portal").open(None)
    meter.tally("portal").count_room_message("lobby")
    first, counted = samples(meter)["portal"], meter.rooms_counted
    second = samples(meter)["portal"]
    assert (counted, meter.rooms_counted) == (1, 0)
    assert (first.opened, first.active) == (1, 1)
    assert (second.opened, second.active) == (0, 1)


def test_an_idle_app_is_sampled_a_last_time() -> None:
    meter = Meter(SECRET)
    tally = meter.tally("portal")
    tally.open(None)
    samples(meter)
    tally.close(1000, "client", 2.0, None)
    assert samples(meter)["portal"].closed == {"1000/client": 1}
    assert samples(meter)["portal"].active == 0
    assert "portal" not in samples(meter)


def test_the_process_sample_has_no_app() -> None:
    process = samples(Meter(SECRET))[None]
    assert process.memory_bytes
    assert process.descriptors


def test_a_named_user_counts_once_however_many_tabs_are_open() -> None:
    meter = Meter(SECRET)
    tally, key = meter.tally("portal"), meter.user_key("portal", "ann")
    tally.open(key)
    tally.open(key)
    tally.open(None)
    sample = samples(meter)["portal"]
    assert (sample.active, sample.anonymous, len(sample.user_keys)) == (3, 1, 8)
    tally.close(1001, "client", 1.0, key)
    assert len(samples(meter)["portal"].user_keys) == 8


def test_the_name_of_a_user_cannot_be_read_from_its_key() -> None:
    assert Meter("one").user_key("app", "ann") != Meter("two").user_key("app", "ann")


def test_apps_over_the_limit_are_counted_together() -> None:
    meter = Meter(SECRET)
    for number in range(MOST_APPS + 3):
        meter.tally(f"app {number}").open(None)
    assert samples(meter)[OTHER_APPS].opened == 3


@pytest.mark.parametrize(
    ("code", "who", "errors", "slow"),
    [
        (1009, "server", {"too-big": 1}, 0),
        (1009, "client", {}, 0),
        (1013, "server", {}, 1),
        (1000, "client", {}, 0),
    ],
)
def test_a_server_close_counts_its_error(
    code: int, who: str, errors: dict[str, int], slow: int
) -> None:
    tally = Tally()
    tally.open(None)
    tally.close(code, who, 1.0, None)
    fields = tally.take()
    assert (fields["errors"], fields["slow_closes"]) == (errors, slow)


@given(st.lists(st.lists(st.floats(0, 90_000), max_size=20), max_size=5))
def test_no_duration_is_lost_between_samples(intervals: list[list[float]]) -> None:
    tally, total = Tally(), 0
    for seconds in intervals:
        for duration in seconds:
            tally.latency.add(duration)
        total += sum(tally.take()["latency"].counts.values())
    assert total == sum(map(len, intervals))


def test_totals_name_everything_that_grows() -> None:
    tally = Tally()
    tally.open(None)
    tally.kinds_sent["message"] += 2
    tally.latency.add(0.001)
    sample = ServerSample(
        sample_id=uuid4(), period_start=NOON, period_end=NOON, received_at=NOON, service="s",
        instance="i", **tally.take(),
    )  # fmt: skip
    totals = {(name, label): amount for name, label, amount in totals_of(sample)}
    assert totals[("opened", "")] == 1
    assert totals[("sent_by_type", "message")] == 2
    assert totals[("latency_sum_us", "")] == 1000


def test_a_room_on_two_workers_is_counted_by_the_first() -> None:
    ann, bob = Rooms[str](), Rooms[str]()
    room = ("portal", "hall")
    ann.join("ann", room)
    bob.join("bob", room)
    ann.update_worker("worker b", bob.local_counts([room]), 0, complete=True)
    bob.update_worker("worker a", ann.local_counts([room]), 0, complete=True)
    assert ann.is_first("worker a", room)
    assert not bob.is_first("worker b", room)


def test_a_token_names_its_user_until_it_is_tampered_with() -> None:
    token = identity.user_token(SECRET, "ann")
    assert identity.user_of({"token": token}, SECRET) == "ann"
    assert identity.user_of({}, SECRET) is None
    for wrong in (token[:-1], "x", "x" * 2000, identity.user_token("another", "ann")):
        with pytest.raises(Forbidden):
            identity.user_of({"token": wrong}, SECRET)


@pytest.mark.parametrize("name", ["", "x" * 257])
def test_a_token_needs_a_name(name: str) -> None:
    with pytest.raises(ValueError, match="1 to 256"):
        identity.user_token(SECRET, name)
