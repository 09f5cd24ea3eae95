"""The data folder: created once, with peer authentication; configured anew at each start."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

import psycopg2

from . import other_majors
from .connection import ADMINISTRATOR, DATABASE, ROLE
from .fault import EmbeddedFault
from .ownership import Owner
from .places import DataPaths

CONFIGURATION = """\
# Written at each start. Own settings belong into own.conf beside this file.
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 400  # 64 web workers with their pools
shared_buffers = '128MB'
jit = off  # our statements are short
timezone = 'UTC'
log_timezone = 'UTC'
# Statements may hold what browsers sent: they are never logged.
log_min_error_statement = panic
log_parameter_max_length_on_error = 0
log_error_verbosity = terse
logging_collector = on
log_directory = '../log'
log_filename = 'postgresql-%a.log'
log_truncate_on_rotation = on
log_rotation_age = '1d'
log_rotation_size = 0
include_if_exists = 'own.conf'
"""
HBA_RULES = "local all all peer map=owners\n"
OPTIONS = ("-A", "peer", "-E", "UTF8", "--locale=C.UTF-8", "--no-instructions")


def prepare(paths: DataPaths, owner: Owner, binaries: Path) -> None:
    """Make the data folder when missing and write its configuration. Raises `EmbeddedFault`."""
    other_majors.refuse(paths)
    if not (paths.cluster / "PG_VERSION").exists():
        _initialise(paths, owner, binaries)
    # Root could become any of them anyway, and runs commands with a server of another user.
    names = {owner.name, pwd.getpwuid(os.getuid()).pw_name, "root"}
    with owner.acting():
        paths.log.mkdir(mode=0o700, exist_ok=True)
        _write(paths.cluster / "wsmon.conf", CONFIGURATION)
        _write(paths.cluster / "pg_hba.conf", HBA_RULES)
        _write(paths.cluster / "pg_ident.conf", _identities(names))
        _write(paths.cluster / "postgresql.conf", "include = 'wsmon.conf'\n")


def make_database(paths: DataPaths) -> None:
    """Make our role and its database when missing: an ordinary role that owns its database."""
    connection = psycopg2.connect(
        dbname="postgres", user=ADMINISTRATOR, host=str(paths.socket_folder())
    )
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (ROLE,))
            if cursor.fetchone() is None:
                cursor.execute(f'CREATE ROLE "{ROLE}" LOGIN')
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,))
            if cursor.fetchone() is None:
                cursor.execute(f'CREATE DATABASE "{DATABASE}" OWNER "{ROLE}"')
    finally:
        connection.close()


def _initialise(paths: DataPaths, owner: Owner, binaries: Path) -> None:
    """Create in a staging folder and rename, so that an interrupted start leaves no partial one."""
    staging = paths.root / "initialising"
    with owner.acting():
        shutil.rmtree(staging, ignore_errors=True)
    result = subprocess.run(
        [binaries / "initdb", "-D", staging, "-U", ADMINISTRATOR, *OPTIONS],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        **owner.identity(),
    )
    if result.returncode:
        raise EmbeddedFault(f"initdb failed in {paths.root}: {result.stderr.strip()[-600:]}")
    with owner.acting():
        shutil.rmtree(paths.cluster, ignore_errors=True)
        staging.rename(paths.cluster)


def _identities(names: set[str]) -> str:
    quoted = ['"' + name.replace('"', '""') + '"' for name in sorted(names)]
    roles = (ADMINISTRATOR, ROLE)
    return "".join(f"owners {name} {role}\n" for name in quoted for role in roles)


def _write(path: Path, text: str) -> None:
    fresh = path.with_suffix(".fresh")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
