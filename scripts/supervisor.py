"""Starts all processes in order, keeps them alive and stops them in order (`scripts/serve`).

Database, migrations, first admin, web workers, then the scheduler, whose imports are slow; with
`--demo` the demo data and simulated browsers after them.
"""

import argparse
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from types import FrameType
from urllib.error import HTTPError
from urllib.request import urlopen

from analytics.operations import json_logs
from models.embedded import EmbeddedFault, Postmaster, claim, supervised
from scripts import first_start
from scripts.children import Child
from scripts.listening import AddressRefused, bound_socket, url
from scripts.open_files import raise_limit
from scripts.service_user import EnvFileUnreadable, become
from settings import Settings
from settings_readers import SettingsError

LOG_FORMAT = "LOG_FORMAT"
READY_SECONDS = 120  # of a machine that is busy with other work; 3 of a quiet one
WATCH_SECONDS = 0.25
DATABASE_PAUSE_SECONDS = 5
WEB_STOP_SECONDS = 5.5  # gunicorn drains for 4 s; the complete stop has 10 s
OTHER_STOP_SECONDS = 1.0
TO_STOP = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
PATHS = (
    "data_dir",
    "geoip_database",
    "archive_dir",
    "smtp_ca_file",
)  # made absolute: our children run in the checkout
FAULTS = (
    SettingsError,
    EmbeddedFault,
    AddressRefused,
    EnvFileUnreadable,
    first_start.FirstStartFailed,
)


class WebWorkersNotReady(Exception):
    """The web workers did not start in time. The text says where to look."""


def main(arguments: list[str]) -> int:
    """Serve until stopped by a signal; returns the exit status."""
    options = _options(arguments)
    _apply_options(options)
    for sign in TO_STOP:
        signal.signal(sign, _stop)
    try:
        serve(demo=options.demo)
    except (*FAULTS, WebWorkersNotReady) as fault:
        say(f"Cannot start. {fault}")
        return 1
    return 0


def serve(*, demo: bool) -> None:
    """Start everything and watch it until `SystemExit`, then stop it in order."""
    settings = Settings.from_environment()
    os.environ[LOG_FORMAT] = settings.log_format  # it may stand in `.env`
    with ExitStack() as stack:
        listener = stack.enter_context(bound_socket(settings.host, settings.port))
        settings = _fix_environment(settings)
        postmaster = stack.enter_context(_database(settings))
        _print_password(settings, first_start.prepare(settings, say))
        scheduler = stack.enter_context(_child("scheduler", "scripts.scheduler"))
        web = stack.enter_context(_web(listener.fileno()))
        minute = datetime.now(UTC).replace(second=0, microsecond=0)  # before the first sample
        say(f"Starting the web workers: {settings.web_workers}.")
        web.start()
        address = url(settings.host, settings.port)
        _await_ready(web, address)
        scheduler.start()
        _print_addresses(settings, address)
        children = [web, scheduler, *(_demo(stack, address, minute) if demo else ())]
        _watch(children, postmaster)


def say(text: str) -> None:
    """Print a timestamped line to stderr, as JSON with `LOG_FORMAT=json`."""
    is_json = os.environ.get(LOG_FORMAT) == "json"
    line = json_logs.line("serve", text) if is_json else f"{time.strftime('%H:%M:%S')}  {text}"
    print(line, file=sys.stderr, flush=True)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="serve", description="Serve WebSocket Analytics.")
    parser.add_argument(
        "--demo", action="store_true", help="30 days of demo data and live simulated browsers"
    )
    parser.add_argument("--host", help="address to listen on (HOST)")
    parser.add_argument("--port", help="port to listen on (PORT, 8050)")
    parser.add_argument("--workers", help="web worker processes (WEB_WORKERS)")
    return parser.parse_args(arguments)


def _apply_options(options: argparse.Namespace) -> None:
    """Options of the command line override the environment, also for child processes."""
    overrides = {"HOST": options.host, "PORT": options.port, "WEB_WORKERS": options.workers}
    overrides["DEMO"] = "true" if options.demo else None
    os.environ.update({name: value for name, value in overrides.items() if value is not None})


def _stop(sign: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler
    for other in TO_STOP:
        signal.signal(other, signal.SIG_IGN)
    say("Stopping.")
    raise SystemExit(0)


def _fix_environment(settings: Settings) -> Settings:
    """Make paths absolute, raise limits, switch the user; returns the settings read again."""
    paths = {name: getattr(settings, name) for name in PATHS}
    os.environ.update({name.upper(): str(path) for name, path in paths.items() if path})
    warnings = [raise_limit(), become(claim(settings.data_dir))]
    for warning in filter(None, warnings):
        say(warning)
    return Settings.from_environment()


@contextmanager
def _database(settings: Settings) -> Iterator[Postmaster | None]:
    if settings.database_url:
        yield None
        return
    say(f"Starting the database in {settings.data_dir}.")
    with supervised(settings) as postmaster:
        yield postmaster


@contextmanager
def _child(
    name: str, *arguments: str, once: bool = False, keep_fds: Sequence[int] = ()
) -> Iterator[Child]:
    child = Child(name, arguments, once=once, keep_fds=keep_fds)
    try:
        yield child
    finally:
        child.stop(WEB_STOP_SECONDS if name == "web" else OTHER_STOP_SECONDS)


@contextmanager
def _web(listener: int) -> Iterator[Child]:
    """Gunicorn on the socket that is already bound."""
    options = ("--config", "gunicorn.conf.py", "--bind", f"fd://{listener}")
    quiet = ("--log-level", "warning")
    with _child("web", "gunicorn", *options, *quiet, keep_fds=[listener]) as web:
        yield web


def _await_ready(web: Child, address: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while web.exit_code is None and time.monotonic() < deadline:
        with suppress(OSError):
            if _responds(address + "/api/ws/health/live"):
                return
        time.sleep(0.05)
    what = "ended" if web.exit_code is not None else f"did not answer within {READY_SECONDS} s"
    raise WebWorkersNotReady(f"The web workers {what}. What they said stands above.")


def _responds(address: str) -> bool:
    try:
        with urlopen(address, timeout=10):  # noqa: S310 - our own address
            return True
    except HTTPError as error:
        error.close()
        return True


def _print_password(settings: Settings, password: str | None) -> None:
    """At once: whatever fails after it, it is stored and can be read nowhere else."""
    if password:
        say(f"Sign in as {settings.admin_email} with the password {password}")
        say("It is shown this once. Another: ./scripts/accounts password EMAIL")


def _print_addresses(settings: Settings, address: str) -> None:
    say(f"Ready: {settings.public_url or address}/admin/websocket-client-metrics")
    for path, what in (("/demo", "a page that is measured"), ("/api/docs", "the API")):
        say(f"       {address}{path}  ({what})")


def _demo(stack: ExitStack, address: str, until: datetime) -> list[Child]:
    """The demo's history ends at `until`, where its live load begins."""
    at = until.isoformat()
    data = stack.enter_context(_child("demo data", "scripts.demo_data", "--until", at, once=True))
    live = (
        ("simulated browsers", "scripts.demo_data.live", "--since", at),
        ("simulated sockets", "scripts.simulated_sockets", "--url", address),
    )
    return [data, *(stack.enter_context(_child(*child)) for child in live)]


def _watch(children: list[Child], postmaster: Postmaster | None) -> None:
    while True:
        if postmaster is not None and postmaster.exit_code is not None:
            _restart(postmaster)
        for child in children:
            report = child.keep_alive()
            if report:
                say(report)
        time.sleep(WATCH_SECONDS)


def _restart(postmaster: Postmaster) -> None:
    say(f"The database ended (status {postmaster.exit_code}); starting it again.")
    try:
        postmaster.start()
    except EmbeddedFault as fault:
        say(f"{fault} Trying again in {DATABASE_PAUSE_SECONDS} s.")
        time.sleep(DATABASE_PAUSE_SECONDS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
