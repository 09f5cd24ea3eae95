"""Where a report goes: files, the API of the server under test, and the exit status."""

import sys
import time
from collections.abc import Callable
from datetime import datetime

import msgspec

from analytics.load_tests.report import LOAD_TEST_APP, LoadTestReport, Outcome, ServerSide

from . import target
from .api import Api, ApiFault
from .options import Options
from .reports import html, junit

FLUSH_SECONDS = 7.0  # the server's samples of the last seconds are stored by then
PASSED, FAILED, COULD_NOT_RUN = 0, 1, 2


def exit_status(report: LoadTestReport) -> int:
    """Of a report: 2 when no connection was opened at all, as nothing was measured then."""
    if report.verdict.outcome is Outcome.PASSED:
        return PASSED
    return FAILED if report.connections.connected else COULD_NOT_RUN


def api_of(options: Options) -> Api:
    """The API of the server under test, with the token of the options."""
    return Api(options.api or target.api_origin(options.plan.url), options.token)


def server_side(options: Options, began: datetime) -> ServerSide | None:
    """The server's own count since the start of a run; `None`, with a line that says why, where it
    cannot be read."""
    time.sleep(FLUSH_SECONDS)
    try:
        return api_of(options).server_side(LOAD_TEST_APP, began)
    except ApiFault as fault:
        say_line(f"The server's own count could not be read: {fault}")
        return None


def workers_of(options: Options) -> int | None:
    """How many workers serve the target; `None` without a token, and, with a line that says why,
    where the API does not tell."""
    if not options.token:
        return None
    try:
        return api_of(options).workers()
    except ApiFault as fault:
        say_line(f"The number of workers could not be read: {fault}")
        return None


def store(report: LoadTestReport, options: Options) -> None:
    """Store the run at the API, and mark it as the baseline, if that was asked for and it held."""
    if not options.token:
        return
    try:
        api_of(options).store(report)
        if options.is_baseline and report.verdict.outcome is Outcome.PASSED:
            api_of(options).mark_baseline(report)
    except ApiFault as fault:
        say_line(f"Not stored on the server: {fault}")


def write(report: LoadTestReport, options: Options) -> None:
    """Write the files that were asked for. Raises `OSError`."""
    makers: dict[str, Callable[[LoadTestReport], bytes]] = {
        "json": lambda each: msgspec.json.format(msgspec.json.encode(each)),
        "html": html.html,
        "junit": junit.junit,
    }
    for name, path in options.files.items():
        path.write_bytes(makers[name](report))
        say_line(f"Written: {path}")


def say_line(line: str) -> None:
    """A line with the time, on standard error."""
    print(f"{time.strftime('%H:%M:%S')}  {line}", file=sys.stderr, flush=True)
