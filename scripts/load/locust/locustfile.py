"""Load tests under Locust: the scenarios of `./test_websocket_load.sh`, on any number of machines.

    scripts/load/locust/run --headless --load-test "heavy --rate 2 --json run.json"

`--load-test` takes the arguments of `./test_websocket_load.sh`. They say how many connect, for how
long, and where to; Locust's `--users`, `--run-time` and `--host` say nothing here.
The report is that of all workers. The process that leads reads the options, with their files and
token, and tells the others what to do.
"""

import logging
import shlex
from contextlib import suppress
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

import gevent
from locust import LoadTestShape, User, constant, events, task
from locust.env import Environment
from locust.exception import StopUser
from locust.runners import STATE_INIT, LocalRunner, MasterRunner, WorkerRunner
from websocket import (
    WebSocket,
    WebSocketBadStatusException,
    WebSocketException,
    WebSocketTimeoutException,
    create_connection,
)

from analytics.load_tests.comparison import compared
from analytics.load_tests.report import LoadTestReport
from scripts import open_files
from scripts.load import target
from scripts.load.assembly import report_of
from scripts.load.clients.causes import cause_of, of_status
from scripts.load.clients.connection import ending_of
from scripts.load.clients.pool import HANDSHAKE_SECONDS
from scripts.load.clients.tally import Tally
from scripts.load.command import CouldNotRun, check, earlier
from scripts.load.delivery import (
    COULD_NOT_RUN,
    api_of,
    exit_status,
    server_side,
    store,
    write,
)
from scripts.load.distributed.gathered_run import GatheredRun
from scripts.load.distributed.part import NotOpened, Part
from scripts.load.distributed.session import DRAIN_SECONDS, Ended
from scripts.load.distributed.shares import Share, Shares
from scripts.load.distributed.work import Work, decoded, encoded
from scripts.load.options import Options, parse
from scripts.load.replay_options import NoReplay, with_visits
from scripts.load.reports.text import differences, text
from scripts.load.scenarios.make import make

CLOSE, MESSAGES = 8, (1, 2)
LOCAL = "local"
SHARE = "load_test"
CUT_SECONDS = 3.0  # in which every worker sends a share


class LoadTest:
    """The test of one process of Locust, from one start to the next."""

    def __init__(self, environment: Environment) -> None:
        self.work: Work = decoded(environment.parsed_options.load_test_work)
        self.tally = Tally()
        scenario = make(self.work.plan, self.tally)
        self.url = target.address(self.work.plan.url, scenario)
        self.part = Part(self.work, self.tally, scenario, lambda: _Socket(self.url, self.work))
        self.seats = iter(self.work.seats_of(_name(environment)))
        self._environment, self._shares = environment, Shares(self.tally)

    def share(self) -> Share:
        """The next share, whose round trips Locust's own pages show too."""
        share, plan = self._shares.next(), self.work.plan
        for milliseconds in share["round_trips"]:
            self._environment.events.request.fire(
                request_type="WS", name=plan.scenario, response_time=milliseconds,
                response_length=plan.message_bytes, exception=None, context={},
            )  # fmt: skip
        return share


class Gathering:
    """What the process that leads makes of a test: the report of all processes."""

    def __init__(self, environment: Environment) -> None:
        self._options, self._before = environment.load_test_options
        self._test: LoadTest = environment.load_test
        self._is_local = isinstance(environment.runner, LocalRunner)
        self.run = GatheredRun(self._options.plan, 0.0 if self._is_local else CUT_SECONDS)
        self._began = datetime.now(UTC)
        self._cutting = gevent.spawn(self._cut)

    def finish(self) -> int:
        """Report when all connections are closed. Returns the exit status."""
        self._cutting.kill()
        self._cut_now()
        report = self._report()
        print(text(report))
        if self._before is not None:
            print("", differences(compared(report, self._before)), sep="\n")
        store(report, self._options)
        write(report, self._options)
        return exit_status(report)

    def _cut(self) -> None:
        while True:
            gevent.sleep(CUT_SECONDS)
            self._cut_now()

    def _cut_now(self) -> None:
        if self._is_local:
            self.run.add(LOCAL, self._test.share())
        self.run.cut()

    def _report(self) -> LoadTestReport:
        options, ended = self._options, datetime.now(UTC)
        self.run.is_stopped = perf_counter() < self._test.part.end
        server = server_side(options, self._began) if options.token else None
        return report_of(self.run, options, self._began, ended, server)


class Listener:
    """What Locust tells this process."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._gathering: Gathering | None = None
        events.test_start.add_listener(self.start)
        events.test_stop.add_listener(self.stop)
        events.report_to_master.add_listener(self.send)
        events.worker_report.add_listener(self.receive)

    def start(self, **_: Any) -> None:
        """A test begins, in this process too."""
        self._environment.load_test = LoadTest(self._environment)
        if not isinstance(self._environment.runner, WorkerRunner):
            self._environment.process_exit_code = COULD_NOT_RUN  # unless a report comes
            self._gathering = Gathering(self._environment)

    def send(self, data: dict[str, Any], **_: Any) -> None:
        """A worker sends what it has to its master."""
        if hasattr(self._environment, "load_test"):
            data[SHARE] = self._environment.load_test.share()

    def receive(self, client_id: str, data: dict[str, Any], **_: Any) -> None:
        """The master gets the share of a worker."""
        if SHARE in data and self._gathering is not None:
            self._gathering.run.add(client_id, data[SHARE])

    def stop(self, **_: Any) -> None:
        """All connections are closed: the master, or the only process, makes the report."""
        if self._gathering is not None:
            self._environment.process_exit_code = self._gathering.finish()
            self._gathering = None


@events.init_command_line_parser.add_listener
def _arguments(parser: Any) -> None:
    parser.add_argument(
        "--load-test", default="light",
        help="Arguments of ./test_websocket_load.sh",
    )  # fmt: skip


@events.init.add_listener
def _init(environment: Environment, **_: Any) -> None:
    environment.stop_timeout = 2 * DRAIN_SECONDS
    open_files.raise_limit()
    Listener(environment)
    if not isinstance(environment.runner, WorkerRunner):
        try:
            _read(environment)
        except (CouldNotRun, NoReplay, target.TargetRefused) as fault:
            logging.error("Could not run. %s", fault)
            raise SystemExit(COULD_NOT_RUN) from None


def _read(environment: Environment) -> Options:
    """The options of a test that is about to begin, and the run to compare it with."""
    options = parse(shlex.split(environment.parsed_options.load_test))
    if options.find_limit:
        raise CouldNotRun("--find-limit runs under ./test_websocket_load.sh alone.")
    connections = 0 if isinstance(environment.runner, MasterRunner) else options.plan.connections
    check(options, connections)
    options = with_visits(options, api_of(options))
    environment.load_test_options = options, earlier(options)
    return options


def _name(environment: Environment) -> str:
    is_worker = isinstance(environment.runner, WorkerRunner)
    return environment.runner.client_id if is_worker else LOCAL


class Shape(LoadTestShape):
    """As many users as the test has connections at once, started evenly, until its steady phase is
    over."""

    def __init__(self) -> None:
        super().__init__()
        self._work: Work | None = None

    def tick(self) -> tuple[int, float] | None:
        if self._work is None or self.runner.state == STATE_INIT:
            self._work = self._begun()
        work = self._work
        plan, users = work.plan, work.users()
        if self.get_run_time() > plan.ramp_up + plan.steady + DRAIN_SECONDS:
            return None
        return users, users / max(plan.ramp_up, 1.0)

    def _begun(self) -> Work:
        """What all processes get with the message that starts their users."""
        environment = self.runner.environment
        is_master = isinstance(self.runner, MasterRunner)
        workers = [each.id for each in self.runner.clients.ready] if is_master else [LOCAL]
        work = encoded(_read(environment), workers)
        environment.parsed_options.load_test_work = work
        return decoded(work)


class Connections(User):
    """One connection after the other, of one seat of the test."""

    wait_time = constant(0)

    @task
    def take_seat(self) -> None:
        test: LoadTest = self.environment.load_test
        test.part.take(next(test.seats, []))
        raise StopUser


class _Socket:
    """A connection of websocket-client."""

    def __init__(self, url: str, work: Work) -> None:
        self._is_closing = False
        try:
            self._socket: WebSocket = create_connection(
                url, timeout=HANDSHAKE_SECONDS, redirect_limit=0,
                header=[f"{name}: {value}" for name, value in work.headers],
                subprotocols=[work.subprotocol] if work.subprotocol else None,
            )  # fmt: skip
        except (WebSocketException, OSError) as error:
            raise NotOpened(_cause(error)) from None
        self._socket.settimeout(None)

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

    def abort(self) -> None:
        with suppress(WebSocketException, OSError):
            self._socket.abort()


def _cause(error: Exception) -> str:
    if isinstance(error, WebSocketBadStatusException):
        return of_status(error.status_code)
    return cause_of(TimeoutError() if isinstance(error, WebSocketTimeoutException) else error)
