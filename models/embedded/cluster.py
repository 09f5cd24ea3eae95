"""The data folder: made once, with peer authentication; its configuration is renewed each start."""

import getpass
import os
import subprocess
from pathlib import Path

from .connection import ROLE
from .fault import EmbeddedFault
from .ownership import Owner
from .places import MAJOR, Places

CONFIGURATION = """\
# Written at each start; own settings belong into own.conf beside this file.
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = '128MB'
timezone = 'UTC'
log_timezone = 'UTC'
# Statements may hold what browsers sent: they are never logged.
log_min_error_statement = panic
log_parameter_max_length_on_error = 0
logging_collector = on
log_directory = '../log'
log_filename = 'postgresql-%a.log'
log_truncate_on_rotation = on
log_rotation_age = '1d'
include_if_exists = 'own.conf'
"""
WHO_MAY_ENTER = "local all all peer map=owners\n"


def prepare(where: Places, owner: Owner, binaries: Path) -> None:
    """Make the data folder when missing and write its configuration. Raises `EmbeddedFault`."""
    if not (where.cluster / "PG_VERSION").exists():
        _refuse_other_majors(where)
        _initialise(where, owner, binaries)
    (where.root / "log").mkdir(mode=0o700, exist_ok=True)
    names = sorted({owner.name, getpass.getuser() if os.geteuid() else "root"})
    entries = "".join(f"owners {name} {ROLE}\n" for name in names)
    for name, text in (
        ("wsmon.conf", CONFIGURATION),
        ("pg_hba.conf", WHO_MAY_ENTER),
        ("pg_ident.conf", entries),
    ):
        (where.cluster / name).write_text(text, encoding="utf-8")
    _include(where.cluster / "postgresql.conf")
    owner.give(where.root / "log")
    for name in ("wsmon.conf", "pg_hba.conf", "pg_ident.conf", "postgresql.conf"):
        if os.geteuid() == 0:
            os.chown(where.cluster / name, owner.uid, owner.gid)


def _initialise(where: Places, owner: Owner, binaries: Path) -> None:
    where.cluster.mkdir(mode=0o700, exist_ok=True)
    owner.give(where.cluster)
    options = ["-A", "peer", "-U", ROLE, "-E", "UTF8", "--locale=C.UTF-8", "--no-instructions"]
    result = subprocess.run(
        [binaries / "initdb", "-D", where.cluster, *options],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        **owner.identity(),
    )
    if result.returncode:
        raise EmbeddedFault(f"initdb failed in {where.cluster}: {result.stderr.strip()[-600:]}")


def _refuse_other_majors(where: Places) -> None:
    for folder in where.root.iterdir():
        if folder.name.isdigit() and (folder / "PG_VERSION").exists():
            raise EmbeddedFault(
                f"{folder} holds data of PostgreSQL {folder.name}, and this version carries "
                f"PostgreSQL {MAJOR}, which cannot open it. Move the data with pg_dump and "
                "pg_restore, or name the old server by DATABASE_URL."
            )


def _include(configuration: Path) -> None:
    text = configuration.read_text(encoding="utf-8")
    line = "include = 'wsmon.conf'\n"
    if line not in text:
        configuration.write_text(text + line, encoding="utf-8")
