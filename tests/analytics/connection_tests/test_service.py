"""Connection tests against real servers: run, cancelled, bounded, stored."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from analytics.connection_tests import pool
from analytics.connection_tests.results import (
    BrowserConnection,
    ConnectionTest,
    ConnectionTestRequest,
    Kind,
)
from analytics.connection_tests.service import (
    ConnectionTesting,
    NoSuchTest,
    NotTestable,
    TooManyTests,
    most_open_files,
)
from analytics.permission.actor import Actor, NotAllowed
from analytics.probes.targets import OWN, NoSuchTarget
from models.database.engine import Database
from settings import Settings
from tests.support.clock import Clock
from tests.support.servers import odd_servers

ADA = Actor("ada", "admin")
Testing = Callable[[str], ConnectionTesting]


@pytest.fixture
def testing(database: Database, clock: Clock, tmp_path: Path) -> Testing:
    """Tests of an own endpoint at an address, with a named target beside it."""

    def of(url: str) -> ConnectionTesting:
        port = urlsplit(url).port
        assert port
        settings = Settings(data_dir=tmp_path, port=port, test_targets=(("chat", url),))
        return ConnectionTesting(database, settings, clock)

    return of


def request(kind: Kind, target: str = OWN, **fields: Any) -> ConnectionTestRequest:
    return ConnectionTestRequest(kind=kind, target=target, **fields)


def result_of(tests: ConnectionTesting, requested: ConnectionTestRequest) -> ConnectionTest:
    *_, last = tests.start(ADA, requested)
    assert last.result is not None
    assert tests.listed(ADA).tests[0] == last.result
    return last.result


def test_a_basic_test_times_each_stage(testing: Testing) -> None:
    with odd_servers.echoing() as url:
        test = result_of(testing(url), request("basic"))
    assert test.basic is not None
    assert [stage.stage for stage in test.basic.stages] == [
        "lookup", "tcp", "upgrade", "reply", "close",
    ]  # fmt: skip
    assert (test.outcome, test.basic.close_code) == ("passed", 1000)


def test_a_basic_test_that_fails_says_why(testing: Testing) -> None:
    with odd_servers.answering(odd_servers.STRIPPED) as url:
        test = result_of(testing(url), request("basic", "chat"))
    assert test.outcome == "failed"
    assert test.sentence.startswith("Failed at the upgrade: The server saw no Upgrade header (426)")
    with odd_servers.echoing() as url:
        browser = BrowserConnection(reason="It was refused.")
        requested = ConnectionTestRequest(kind="basic", target=OWN, browser=browser)
        test = result_of(testing(url), requested)
    assert (test.outcome, test.sentence.endswith("browser: It was refused.")) == ("failed", True)


def test_an_echo_test_counts_every_message(testing: Testing) -> None:
    with odd_servers.echoing() as url:
        test = result_of(testing(url), request("echo", rate=50, seconds=1, size=100))
    assert test.echo is not None
    assert (test.echo.due, test.echo.sent, test.echo.lost) == (50, 50, 0)
    assert (test.echo.round_trip.n, sum(test.echo.round_trip.histogram.values())) == (50, 50)
    assert test.echo.jitter is not None
    assert test.outcome == "passed"


def test_what_does_not_come_back_is_lost(testing: Testing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analytics.connection_tests.echo.GRACE_SECONDS", 0.1)
    with odd_servers.echoing(is_mute=True) as url:
        test = result_of(testing(url), request("echo", rate=10, seconds=1))
    assert test.echo is not None
    assert (test.echo.sent, test.echo.lost, test.outcome) == (10, 10, "failed")
    test = result_of(testing(odd_servers.nobody()), request("echo"))
    assert test.sentence.startswith("Nothing listens on this port")


def test_a_server_that_goes_in_the_middle_ends_the_test(testing: Testing) -> None:
    with odd_servers.echoing() as url:
        running = testing(url).start(ADA, request("echo", rate=20, seconds=30))
        while not next(running).done:
            continue
    *_, last = running
    assert last.result is not None
    assert last.result.echo is not None
    assert last.result.outcome == "failed"
    assert "ended" in last.result.sentence
    assert last.result.echo.round_trip.n > 0


def test_a_test_that_is_closed_is_cancelled_and_lets_others_run(testing: Testing) -> None:
    with odd_servers.echoing() as url:
        tests = testing(url)
        running = [tests.start(ADA, request("echo", rate=20, seconds=60)) for _ in range(2)]
        with pytest.raises(TooManyTests):
            tests.start(ADA, request("basic"))
        while not next(running[0]).done:
            continue
        running.clear()
        assert result_of(tests, request("basic")).outcome == "passed"
    outcomes = sorted(test.outcome for test in tests.listed(None).tests)
    assert outcomes in (["cancelled", "passed"], ["cancelled", "cancelled", "passed"])
    assert not tests.listed(None).may_run


def test_a_pool_that_does_not_open_says_why(
    testing: Testing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "MEASURED_WITHIN", 0.1)
    with odd_servers.answering(odd_servers.PAGE) as url:
        test = result_of(testing(url), request("pool", connections=20))
    assert test.pool is not None
    assert (test.pool.opened, sum(test.pool.failed.values())) == (0, pool.MOST_FAILED)
    assert test.outcome == "failed"
    assert "Answered 200" in test.sentence
    with odd_servers.echoing() as url:
        test = result_of(testing(url), request("pool", connections=20))
    assert test.pool is not None
    assert (test.pool.opened, test.sentence) == (
        20, "No worker counted the connections in time: is the meter stored?",
    )  # fmt: skip
    assert most_open_files() > 0


def test_only_admins_test_and_only_named_targets(testing: Testing) -> None:
    tests = testing(odd_servers.nobody())
    with pytest.raises(NotAllowed):
        tests.start(Actor("bob", "analyst"), request("basic"))
    with pytest.raises(NoSuchTarget):
        tests.start(ADA, request("basic", "ws://127.0.0.1:22"))
    with pytest.raises(NotTestable):
        tests.start(ADA, request("pool", "chat"))
    test = result_of(tests, request("basic"))
    with pytest.raises(NotAllowed):
        tests.remove(Actor("bob", "analyst"), test.id)
    tests.remove(ADA, test.id)
    with pytest.raises(NoSuchTest):
        tests.remove(ADA, test.id)
