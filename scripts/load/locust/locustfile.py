"""Load tests under Locust: the scenarios of `./test_websocket_load.sh`, on any number of machines.

    scripts/load/locust/run --headless --load-test "heavy --rate 2 --json run.json"

`--load-test` takes the arguments of `./test_websocket_load.sh`. They say how many connect, for how
long, and where to; Locust's `--users`, `--run-time` and `--host` say nothing here.
The report is that of all workers.
"""

import shlex
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from time import perf_counter
from typing import Any

import gevent
from locust import LoadTestShape, User, constant, events, task
from locust.env import Environment
from locust.exception import StopUser
from locust.runners import LocalRunner, WorkerRunner
from websocket import (
    WebSocket,
    WebSocketBadStatusException,
    WebSocketException,
    WebSocketTimeoutException,
    create_connection,
)

from analytics.load_tests.report import LoadTestReport
from scripts.load import target
from scripts.load.assembly import report_of
from scripts.load.clients.causes import cause_of, of_status
from scripts.load.clients.connection import ending_of
from scripts.load.clients.pool import HANDSHAKE_SECONDS
from scripts.load.clients.tally import Tally
from scripts.load.delivery import exit_status, server_side, store, write
from scripts.load.distributed.gathered_run import GatheredRun
from scripts.load.distributed.session import DRAIN_SECONDS, Ended, Session
from scripts.load.distributed.shares import Share, Shares
from scripts.load.options import Options, parse
from scripts.load.reports.text import text
from scripts.load.scenarios.make import make

SINGLE = ("storm", "replay")  # one process cuts, or opens, all connections
CLOSE, MESSAGES = 8, (1, 2)
LOCAL = "local"
SHARE = "load_test"
CUT_SECONDS = 3.0  # in which every worker sends a share


class LoadTest:
    """The test of one process of Locust, from one start to the next."""

    def __init__(self, environment: Environment) -> None:
        self.options = _options(environment)
        self.tally = Tally()
        self.scenario = make(self.options.plan, self.tally)
        self.url = target.address(self.options.plan.url, self.scenario)
        self.numbers = count()
        self.began = datetime.now(UTC)
        self.end = perf_counter() + self.options.plan.ramp_up + self.options.plan.steady
        self._environment, self._shares = environment, Shares(self.tally)
        self._is_local = isinstance(environment.runner, LocalRunner)
        self.run = GatheredRun(self.options.plan, 0.0 if self._is_local else CUT_SECONDS)

    def share(self) -> Share:
        """The next share, whose round trips Locust's own pages show too."""
        share = self._shares.next()
        for milliseconds in share["round_trips"]:
            self._environment.events.request.fire(
                request_type="WS", name=self.options.plan.scenario, response_time=milliseconds,
                response_length=self.options.plan.message_bytes, exception=None, context={},
            )  # fmt: skip
        return share

    def cut(self) -> None:
        """Cut windows until killed."""
        while True:
            gevent.sleep(CUT_SECONDS)
            self.cut_now()

    def cut_now(self) -> None:
        """Cut a window of what was gathered."""
        if self._is_local:
            self.run.add(LOCAL, self.share())
        self.run.cut()

    def report(self) -> LoadTestReport:
        """Of all processes."""
        ended = datetime.now(UTC)
        self.run.is_stopped = perf_counter() < self.end
        server = server_side(self.options, self.began) if self.options.token else None
        return report_of(self.run, self.options, self.began, ended, server)


class Listener:
    """What Locust tells this process."""

    def __init__(self, environment: Environment) -> None:
        self._environment, self._cutting = environment, None
        events.test_start.add_listener(self.start)
        events.test_stop.add_listener(self.stop)
        events.report_to_master.add_listener(self.send)
        events.worker_report.add_listener(self.receive)

    def start(self, **_: Any) -> None:
        """A test begins, in this process too."""
        self._environment.load_test = LoadTest(self._environment)
        if not isinstance(self._environment.runner, WorkerRunner):
            self._cutting = gevent.spawn(self._environment.load_test.cut)

    def send(self, data: dict[str, Any], **_: Any) -> None:
        """A worker sends what it has to its master."""
        if hasattr(self._environment, "load_test"):
            data[SHARE] = self._environment.load_test.share()

    def receive(self, client_id: str, data: dict[str, Any], **_: Any) -> None:
        """The master gets the share of a worker."""
        if SHARE in data:
            self._environment.load_test.run.add(client_id, data[SHARE])

    def stop(self, **_: Any) -> None:
        """All connections are closed: the master, or the only process, makes the report."""
        if self._cutting is None:
            return
        self._cutting.kill()
        test = self._environment.load_test
        test.cut_now()
        report = test.report()
        print(text(report))
        store(report, test.options)
        write(report, test.options)
        self._environment.process_exit_code = exit_status(report)


@events.init_command_line_parser.add_listener
def _arguments(parser: Any) -> None:
    parser.add_argument(
        "--load-test", default="light",
        help="Arguments of ./test_websocket_load.sh",
    )  # fmt: skip


@events.init.add_listener
def _init(environment: Environment, **_: Any) -> None:
    environment.stop_timeout = 2 * DRAIN_SECONDS
    if not isinstance(environment.runner, WorkerRunner):
        _options(environment)
    Listener(environment)


def _options(environment: Environment) -> Options:
    options = parse(shlex.split(environment.parsed_options.load_test))
    target.check_owner(options.plan.url, owns_target=options.owns_target)
    if options.plan.scenario in SINGLE:
        raise SystemExit(f"{options.plan.scenario} runs under ./test_websocket_load.sh alone.")
    return options


class Shape(LoadTestShape):
    """As many connections as the plan has, opened evenly, until its steady phase is over."""

    def tick(self) -> tuple[int, float] | None:
        plan = _options(self.runner.environment).plan
        if self.get_run_time() > plan.ramp_up + plan.steady + DRAIN_SECONDS:
            return None
        return plan.connections, plan.connections / max(plan.ramp_up, 1.0)


class Connection(User):
    """One connection, from its opening to the end of the steady phase."""

    wait_time = constant(0)

    @task
    def connect(self) -> None:
        test: LoadTest = self.environment.load_test
        number, began = next(test.numbers), perf_counter()
        test.tally.attempted += 1
        try:
            socket = _Socket(test)
        except (WebSocketException, OSError) as error:
            test.tally.failed[_cause(error)] += 1
            raise StopUser from None
        session = Session(number, test.scenario, test.tally, socket)
        try:
            session.run(test.options.plan.rate, (perf_counter() - began) * 1000, test.end)
        finally:
            session.stop()
        raise StopUser


class _Socket:
    """A connection of websocket-client."""

    def __init__(self, test: LoadTest) -> None:
        options = test.options
        self._socket: WebSocket = create_connection(
            test.url, timeout=HANDSHAKE_SECONDS, redirect_limit=0,
            header=[f"{name}: {value}" for name, value in options.headers],
            subprotocols=[options.subprotocol] if options.subprotocol else None,
        )  # fmt: skip
        self._socket.settimeout(None)
        self._is_closing = False

    def send(self, payload: bytes) -> None:
        try:
            self._socket.send(payload)
        except WebSocketException:
            raise Ended(ending_of(None, by_server=False)) from None

    def receive(self) -> bytes:
        while True:
            try:
                kind, data = self._socket.recv_data()
            except (WebSocketException, OSError):
                raise Ended(ending_of(None, by_server=False)) from None
            if kind == CLOSE:
                code = int.from_bytes(data[:2], "big")
                raise Ended(ending_of(code, by_server=not self._is_closing))
            if kind in MESSAGES:
                return data

    def close(self) -> None:
        self._is_closing = True
        with suppress(WebSocketException, OSError):
            self._socket.send_close()


def _cause(error: Exception) -> str:
    if isinstance(error, WebSocketBadStatusException):
        return of_status(error.status_code)
    return cause_of(TimeoutError() if isinstance(error, WebSocketTimeoutException) else error)
