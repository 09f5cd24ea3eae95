"""The agent of a process: what a sample holds, forks, stops, and hosts that do odd things."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assets.agents.python.wsmon_agent.agent import Agent
from assets.agents.python.wsmon_agent.connection import correlation_id
from assets.agents.python.wsmon_agent.tally import MOST_ENDS
from settings import CHECKOUT
from tests.support.agents.sink import Sink


@pytest.fixture
def sink() -> Iterator[Sink]:
    started = Sink()
    yield started
    started.close()


ID = "0b7e3c1a-8f0d-4a51-9d2e-6c5b4a392817"


def an_agent(sink: Sink, **options: Any) -> Agent:
    return Agent(sink.url, "test", token="t", service="chat", interval_seconds=600, **options)


def last(sink: Sink) -> dict[str, Any]:
    assert sink.faults == []
    return list(sink.samples.values())[-1]


def test_a_sample_says_what_is_open_and_what_ended(sink: Sink) -> None:
    measured = an_agent(sink, app="portal", release="2.4.1")
    first, second = measured.open(), measured.open()
    first.received("ping")
    second.sent(b"pong!")
    second.round_trip(0.025)
    second.unanswered()
    first.end(1001, "client")
    first.end(1006, "nobody")  # whoever comes second says nothing new
    measured.reject(403)
    assert measured.flush()
    sample = last(sink)
    assert sample["connections"]["active"] == 1
    assert sample["connections"]["closed"] == {"1001/client": 1}
    assert sample["connections"]["rejected"] == {"403": 1}
    assert sample["connections"]["stale"] == 1
    assert sample["messages"]["bytes_sent"] == 5
    assert sample["agent"]["release"] == "2.4.1"
    assert (sample["app"], sample["service"]) == ("portal", "chat")
    measured.close()
    assert last(sink)["connections"]["closed"] == {"1006/server": 1}
    assert last(sink)["connections"]["active"] == 0


def test_a_stop_sends_once_and_what_comes_later_with_the_next(sink: Sink) -> None:
    measured = an_agent(sink)
    measured.open()
    measured.close()
    measured.close()
    assert len(sink.samples) == 1
    measured.open().end(1000, "client")
    measured.close()
    assert len(sink.samples) == 2


def test_an_agent_without_connections_sends_nothing(sink: Sink) -> None:
    an_agent(sink).close()
    assert (sink.samples, sink.events) == ({}, {})


def test_a_start_is_the_same_event_for_all_workers(sink: Sink) -> None:
    for measured in (
        an_agent(sink, release="2.4.1"),
        an_agent(sink, release="2.4.1"),
        an_agent(sink),
    ):
        measured.open()
        measured.close()
    kinds = sorted((event["kind"], event["title"][:18]) for event in sink.events.values())
    restarted = f"chat started on {os.uname().nodename}"[:18]
    assert kinds == [("deploy", "chat 2.4.1 started"), ("restart", restarted)]


def test_the_end_of_a_connection_with_an_id_is_reported_by_itself(sink: Sink) -> None:
    measured = an_agent(sink)
    named = measured.open(None, ID)
    named.sent("a")
    named.received("b")
    named.received("c")
    named.end(4002, "client", "internal-error")
    measured.open(None, ID).end(0, None)
    measured.open().end(1000, "client")
    measured.flush()
    first, second = last(sink)["ends"]
    assert (first["id"], first["code"], first["by"], first["error"]) == (
        ID, 4002, "client", "internal-error",
    )  # fmt: skip
    assert (first["sent"], first["received"]) == (1, 2)
    assert 0 <= first["ago_ms"] < 60_000
    assert 0 <= first["open_ms"] < 60_000
    assert (second["code"], second["by"]) == (None, None)
    measured.flush()
    assert last(sink)["ends"] == []
    measured.close()


def test_ends_between_two_samples_are_bounded(sink: Sink) -> None:
    measured = an_agent(sink)
    for _ in range(MOST_ENDS + 5):
        measured.open(None, ID).end(1000, "client")
    measured.flush()
    assert len(last(sink)["ends"]) == MOST_ENDS
    measured.close()


def test_users_are_counted_without_their_names(sink: Sink) -> None:
    measured = an_agent(sink, user=lambda handshake: handshake)
    connections = [measured.open(name) for name in ("ada", "ada", "bob", None)]
    measured.flush()
    assert last(sink)["connections"]["unique_users"] == 3
    connections[2].end(1000, "client")
    measured.flush()
    assert last(sink)["connections"]["unique_users"] == 2
    assert "ada" not in str(sink.samples)
    measured.close()


def test_functions_of_the_host_that_fail_harm_nothing(sink: Sink) -> None:
    def fail(*_args: object) -> Any:
        raise RuntimeError

    measured = an_agent(sink, user=fail, rooms=fail, message_type=fail)
    measured.open("x").sent("y")
    assert measured.flush()
    assert last(sink)["rooms"] == {"active": 0, "members": 0, "top": []}
    measured.close()


def test_rooms_are_the_largest(sink: Sink) -> None:
    measured = an_agent(sink, rooms=lambda: {f"room {n}": n for n in range(60)} | {"": 5})
    measured.open()
    measured.flush()
    rooms = last(sink)["rooms"]
    assert rooms["top"][0] == {"room": "room 59", "members": 59}
    assert (len(rooms["top"]), rooms["active"]) == (50, 61)
    measured.close()


def test_what_is_not_measured_is_named(sink: Sink) -> None:
    measured = an_agent(sink, user=str)
    measured.serves("pytest", not_counted=("latency",))
    measured.open()
    measured.flush()
    described = last(sink)["agent"]
    assert described["server"] == f"pytest {pytest.__version__}"
    assert {"latency", "rooms", "by_type"} < set(described["not_counted"])
    assert "users" not in described["not_counted"]
    measured.close()


@pytest.mark.parametrize("options", [{}, {"token": "t"}, {"token": "t", "service": "s", "x": 1}])
def test_options_are_checked(options: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="token and service"):
        Agent("http://localhost", "test", **options)


@pytest.mark.parametrize(
    ("query", "identity"),
    [
        (f"wsmon={ID}", ID),
        (f"token=x&wsmon={ID}&y".encode(), ID),
        (f"/chat?wsmon={ID}", ID),
        (f"wsmon={ID.upper()}", None),
        (f"wsmon={ID}0", None),
        (b"wsmon=\xff" + ID.encode(), None),
        ("wsmon=short", None),
        (f"notwsmon={ID}", None),
        ("wsmon=" + "a" * 65, None),
        (None, None),
    ],
)
def test_the_id_that_joins_both_ends(query: str | bytes | None, identity: str | None) -> None:
    assert correlation_id(query) == identity


FORKS = """
import os, sys
from assets.agents.python.wsmon_agent.agent import Agent
agent = Agent(sys.argv[1], "test", token="t", service="chat", interval_seconds=600)
connection = agent.open()
if os.fork() == 0:
    connection.end(1000, "client")  # of the parent: it is not counted here
    agent.open().end(4000, "server")
    agent.close()
    os._exit(0)
os.wait()
"""
WAITS = """
import sys, time
from assets.agents.python.wsmon_agent.agent import Agent
agent = Agent(sys.argv[1], "test", token="t", service="chat", interval_seconds=600)
agent.open()
print("open", flush=True)
time.sleep(60)
"""


def test_a_fork_counts_its_own(sink: Sink) -> None:
    subprocess.run([sys.executable, "-c", FORKS, sink.url], check=True, cwd=CHECKOUT)
    closed = [sample["connections"]["closed"] for sample in sink.samples.values()]
    assert sorted(closed, key=str) == [{"1006/server": 1}, {"4000/server": 1}]
    assert len({sample["instance"] for sample in sink.samples.values()}) == 2
    assert len(sink.events) == 1


def test_sigterm_sends_the_last_figures_and_still_ends_the_process(sink: Sink) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", WAITS, sink.url], cwd=CHECKOUT, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    with process.stdout:
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == -signal.SIGTERM
    assert last(sink)["connections"]["closed"] == {"1006/server": 1}


def test_a_single_thread_and_no_thread_at_import(sink: Sink) -> None:
    before = set(threading.enumerate())
    measured = an_agent(sink)
    assert set(threading.enumerate()) == before
    for _ in range(10):
        measured.open()
    ours = [thread for thread in threading.enumerate() if thread.name == "wsmon-agent"]
    assert [thread.daemon for thread in ours if thread not in before] == [True]
    measured.close()


def test_the_package_imports_the_standard_library_alone(agent: Path) -> None:
    code = (
        "import sys, wsmon_agent.agent, wsmon_agent.asgi, wsmon_agent.rooms\n"
        "print([n for n in {m.partition('.')[0] for m in sys.modules}"
        " if n not in sys.stdlib_module_names and n != 'wsmon_agent' and n[:2] != '__'])"
    )
    completed = subprocess.run(
        [sys.executable, "-S", "-c", code],
        env={"PYTHONPATH": str(agent)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert completed.stdout == "[]\n"
