"""PostgreSQL as an operator runs it elsewhere: over TCP, with a password, on a clock of its own."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg2
from psycopg2 import sql
from sqlalchemy.engine import URL

from models.embedded.child import command
from models.embedded.ownership import Owner, claim
from models.embedded.places import places
from models.embedded.postmaster import STOPPING
from models.embedded.program import reachable
from tests.support.servers.running_server import free_port
from tests.support.store.postgres import autocommit_cursor

PASSWORD = "a b/c%d:e@f"
ADMINISTRATOR = "postgres"
START_SECONDS = 60
OPTIONS = (
    "-A",
    "scram-sha-256",
    "-E",
    "UTF8",
    "--locale=C.UTF-8",
    "--no-sync",
    "--no-instructions",
)


class PasswordPostgres:
    """A server at 127.0.0.1 that lets nobody in without a password."""

    def __init__(self, port: int) -> None:
        self._port = port

    def url(self, database: str, role: str = "monitor", password: str = PASSWORD) -> str:
        """The URL of a database, as `DATABASE_URL` names it."""
        url = URL.create("postgresql+psycopg2", role, password, "127.0.0.1", self._port, database)
        return url.render_as_string(hide_password=False)

    def new_database(self, name: str) -> str:
        """The URL of an empty database, whose owner is an ordinary role."""
        with autocommit_cursor(self.url("postgres", ADMINISTRATOR)) as cursor:
            create = sql.SQL("CREATE DATABASE {} OWNER monitor")
            cursor.execute(create.format(sql.Identifier(name)))
        return self.url(name)


@contextmanager
def password_postgres(folder: Path) -> Iterator[PasswordPostgres]:
    """A new server for the block."""
    owner, paths = claim(folder), places(folder)
    with owner.acting():
        paths.root.mkdir(mode=0o700)
        (paths.root / "password").write_text(PASSWORD)
    binaries, cluster, port = reachable(owner, paths), paths.root / "elsewhere", free_port()
    secret = f"--pwfile={paths.root / 'password'}"
    subprocess.run(
        [binaries / "initdb", "-D", cluster, "-U", ADMINISTRATOR, secret, *OPTIONS],
        check=True, cwd="/", stdout=subprocess.DEVNULL, **owner.identity(),
    )  # fmt: skip
    with _running(owner, [binaries / "postgres", "-D", cluster], port):
        server = PasswordPostgres(port)
        _make_role(server)
        yield server


@contextmanager
def _running(owner: Owner, program: list[str | Path], port: int) -> Iterator[None]:
    values = {
        "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "port": port,
        "timezone": "Pacific/Auckland", "fsync": "off", "logging_collector": "off",
    }  # fmt: skip
    options = [word for name, value in values.items() for word in ("-c", f"{name}={value}")]
    user = (owner.name, owner.uid, owner.gid) if owner.is_other_user else None
    process = subprocess.Popen(
        command([*program, *options], STOPPING[0], user), cwd="/", stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.send_signal(STOPPING[0])
        process.wait(30)


def _make_role(server: PasswordPostgres) -> None:
    """Once the server answers: a role that owns what it makes, and nothing else."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with (
            suppress(psycopg2.OperationalError),
            autocommit_cursor(server.url("postgres", ADMINISTRATOR)) as cursor,
        ):
            cursor.execute("CREATE ROLE monitor LOGIN PASSWORD %s", (PASSWORD,))
            return
        time.sleep(0.05)
    raise AssertionError(f"no answer within {START_SECONDS} s")
