"""`./test_websocket_load.sh PROFILE`: runs a load test and says whether the server holds."""

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from analytics.load_tests.comparison import OTHER_TEST, compared, is_same_test
from analytics.load_tests.report import LoadTestReport, Outcome, Window

from . import preflight, target
from .api import ApiFault
from .assembly import report_of
from .clients.polling import PolledLoop
from .clients.pool import Clients
from .clients.run import Run
from .clients.tally import Tally
from .delivery import (
    COULD_NOT_RUN,
    FAILED,
    PASSED,
    api_of,
    exit_status,
    say_line,
    server_side,
    store,
    workers_of,
    write,
)
from .limit import Search, Stopped
from .options import BASELINE, OPENED_PER_SECOND, Options, parse
from .replay_options import NoReplay, with_visits
from .reports import text
from .scenarios.make import make

T = TypeVar("T")
Say = Callable[[str], None]


class CouldNotRun(Exception):
    """The test could not be run at all. The text says why and what to do."""


def main(arguments: Sequence[str]) -> int:
    """Exit status of the test: 0 held, 1 not held, 2 could not run."""
    options = parse(arguments)
    try:
        check(options, options.plan.connections)
        if options.find_limit:
            return _run(find_limit(options))
        options = with_visits(options, api_of(options))
        before = earlier(options)
        report = _run(measured(options, say_line))
        print(text.text(report))
        if before is not None:
            print("", text.differences(compared(report, before)), sep="\n")
        store(report, options)
        write(report, options)
    except (CouldNotRun, NoReplay, target.TargetRefused, OSError) as fault:
        print(f"Could not run. {fault}", file=sys.stderr)
        return COULD_NOT_RUN
    return exit_status(report)


def _run(work: Coroutine[None, None, T]) -> T:
    with asyncio.Runner(loop_factory=PolledLoop) as runner:
        return runner.run(work)


def check(options: Options, connections: int) -> None:
    """Raises `CouldNotRun` or `TargetRefused` before anything is opened; `connections` are those of
    this process."""
    target.check_owner(options.plan.url, owns_target=options.owns_target)
    problems = list(preflight.problems(connections))
    problems += [
        f"{path} cannot be written: there is no folder {path.parent}."
        for path in options.files.values()
        if not path.parent.is_dir()
    ]
    if problems:
        raise CouldNotRun(" ".join(problems))


def stop_on_signals(run: Run) -> None:
    """Ctrl-C ends the run in order, with a report of what there is."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, run.stop)


async def measured(
    options: Options, say: Say, on_start: Callable[[Run], None] = stop_on_signals
) -> LoadTestReport:
    """Run one test; `on_start` gets it before its first connection."""
    tally = Tally()
    scenario = make(options.plan, tally)
    url = target.address(options.plan.url, scenario)
    clients = Clients(
        url, scenario, tally, headers=options.headers, subprotocol=options.subprotocol
    )

    def progress(at: float, phase: str, window: Window, tally: Tally) -> None:
        failed, dropped = tally.failed.total(), tally.dropped.total()
        say(text.progress(at, phase, window, failed=failed, dropped=dropped))

    run = Run(
        options.plan, scenario=scenario, clients=clients, tally=tally, progress=progress,
        visits=options.visits,
    )  # fmt: skip
    on_start(run)
    began = datetime.now(UTC)
    await run.execute()
    ended = datetime.now(UTC)
    server = await asyncio.to_thread(server_side, options, began) if options.token else None
    return report_of(run, options, began, ended, server)


def earlier(options: Options) -> LoadTestReport | None:
    """The run to compare with, read before the test, so that nothing is wrong with it after; `None`
    where none is asked for. Raises `CouldNotRun`."""
    if not options.compare:
        return None
    try:
        report = _earlier(options)
    except (ApiFault, OSError, msgspec.MsgspecError) as fault:
        raise CouldNotRun(f"--compare {options.compare}: {fault}") from None
    if not is_same_test(report.plan, options.plan):
        raise CouldNotRun(f"--compare {options.compare}: {OTHER_TEST}")
    return report


def _earlier(options: Options) -> LoadTestReport:
    path, api = Path(options.compare), api_of(options)
    if path.is_file():
        return msgspec.json.decode(path.read_bytes(), type=LoadTestReport)
    return (
        api.baseline(options.plan) if options.compare == BASELINE else api.stored(options.compare)
    )


async def find_limit(options: Options) -> int:
    """Raise the load until a threshold breaks, and print the highest that held."""
    most = preflight.most_connections()
    search = Search(lambda connections: _trial(options, connections), most)
    try:
        capacity = await search.run(min(options.plan.connections, most))
    except Stopped:
        print(f"Stopped before the limit was known. {search.so_far()}")
        return FAILED
    workers = await asyncio.to_thread(workers_of, options)
    print(capacity.sentence(options.plan.rate, workers))
    return PASSED if any(capacity.highest) else FAILED


async def _trial(options: Options, connections: int) -> LoadTestReport:
    """Raises `Stopped`, and `CouldNotRun` where not a single connection opens."""
    plan = msgspec.structs.replace(
        options.plan, connections=connections, ramp_up=connections / OPENED_PER_SECOND
    )
    report = await measured(replace(options, plan=plan, token=""), lambda _: None)
    verdict = report.verdict
    if verdict.outcome is Outcome.STOPPED:
        raise Stopped
    if exit_status(report) == COULD_NOT_RUN:
        raise CouldNotRun(verdict.sentence)
    say_line(f"{connections:,} connections: {verdict.outcome}. {verdict.sentence}")
    return report


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
