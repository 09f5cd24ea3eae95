"""Starts everything in order, keeps it alive and stops it in order: what `scripts/serve` becomes.

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
from types import FrameType
from urllib.error import HTTPError
from urllib.request import urlopen

from models.embedded import EmbeddedFault, Postmaster, claim, supervised
from scripts import first_start
from scripts.children import Child
from scripts.listening import AddressRefused, bound_socket, url
from scripts.open_files import raise_limit
from scripts.service_user import Unreadable, become
from settings import Settings, SettingsError

READY_SECONDS = 60
LOOK_SECONDS = 0.25
DATABASE_PAUSE_SECONDS = 5
WEB_STOP_SECONDS = 5.5  # gunicorn drains for four; all of it has ten
OTHER_STOP_SECONDS = 1.0
TO_STOP = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
PATHS = (
    "data_dir",
    "geoip_database",
    "archive_dir",
    "smtp_ca_file",
)  # our children stand in the checkout
FAULTS = (SettingsError, EmbeddedFault, AddressRefused, Unreadable, first_start.Refused)


class NotAnswering(Exception):
    """The web workers did not come up. The text says what to look at."""


def main(arguments: list[str]) -> int:
    """Serve until asked to stop; answers the exit status."""
    options = _options(arguments)
    _override(options)
    for sign in TO_STOP:
        signal.signal(sign, _stop)
    try:
        serve(demo=options.demo)
    except (*FAULTS, NotAnswering) as fault:
        say(f"Cannot start. {fault}")
        return 1
    return 0


def serve(*, demo: bool) -> None:
    """Start everything and watch over it until `SystemExit`, then stop it in order."""
    settings = Settings.from_environment()
    with ExitStack() as stack:
        listener = stack.enter_context(bound_socket(settings.host, settings.port))
        settings = _settle(settings)
        postmaster = stack.enter_context(_database(settings))
        password = first_start.prepare(settings, say)
        scheduler = stack.enter_context(_child("scheduler", "scripts.scheduler"))
        web = stack.enter_context(_web(listener.fileno()))
        say(f"Starting the web workers: {settings.web_workers}.")
        web.start()
        address = url(settings.host, settings.port)
        _await_answer(web, address)
        scheduler.start()
        _welcome(settings, address, password)
        children = [web, scheduler, *(_demo(stack, address) if demo else ())]
        _watch(children, postmaster)


def say(text: str) -> None:
    """One line for whoever looks on."""
    print(f"{time.strftime('%H:%M:%S')}  {text}", file=sys.stderr, flush=True)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="serve", description="Serve WebSocket Analytics.")
    parser.add_argument(
        "--demo", action="store_true", help="30 days of demo data and live simulated browsers"
    )
    parser.add_argument("--host", help="address to listen on (HOST)")
    parser.add_argument("--port", help="port to listen on (PORT, 8050)")
    parser.add_argument("--workers", help="web worker processes (WEB_WORKERS)")
    return parser.parse_args(arguments)


def _override(options: argparse.Namespace) -> None:
    """What stands on the command line wins, for our children too."""
    given = {"HOST": options.host, "PORT": options.port, "WEB_WORKERS": options.workers}
    os.environ.update({name: value for name, value in given.items() if value is not None})


def _stop(sign: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler
    for other in TO_STOP:
        signal.signal(other, signal.SIG_IGN)
    say("Stopping.")
    raise SystemExit(0)


def _settle(settings: Settings) -> Settings:
    """Fix what depends on the caller's folder and user; answers the settings as now read."""
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
    """Gunicorn on the socket we hold already."""
    options = ("--config", "gunicorn.conf.py", "--bind", f"fd://{listener}")
    quiet = ("--log-level", "warning")
    with _child("web", "gunicorn", *options, *quiet, keep_fds=[listener]) as web:
        yield web


def _await_answer(web: Child, address: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while web.exit_code is None and time.monotonic() < deadline:
        with suppress(OSError):
            if _answers(address + "/api/ws/health/live"):
                return
        time.sleep(0.05)
    raise NotAnswering("The web workers did not answer. What they said stands above.")


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=10):  # noqa: S310 - our own address
            return True
    except HTTPError as answer:
        answer.close()
        return True


def _welcome(settings: Settings, address: str, password: str | None) -> None:
    say(f"Ready: {settings.public_url or address}/admin/websocket-client-metrics")
    for path, what in (("/demo", "a page that is measured"), ("/api/docs", "the API")):
        say(f"       {address}{path}  ({what})")
    if password:
        say(f"       Sign in as {settings.admin_email} with the password {password}")
        say("       It is shown this once. Another: ./scripts/accounts password EMAIL")


def _demo(stack: ExitStack, address: str) -> list[Child]:
    data = stack.enter_context(_child("demo data", "scripts.demo_data", once=True))
    live = (
        ("simulated browsers", "scripts.simulated_browsers", "--url", address),
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
        time.sleep(LOOK_SECONDS)


def _restart(postmaster: Postmaster) -> None:
    say(f"The database ended (status {postmaster.exit_code}); starting it again.")
    try:
        postmaster.start()
    except EmbeddedFault as fault:
        say(f"{fault} Trying again in {DATABASE_PAUSE_SECONDS} s.")
        time.sleep(DATABASE_PAUSE_SECONDS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
