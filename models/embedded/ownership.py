"""The user that runs the server: this one, or for root a service user (PostgreSQL refuses root).

Root accesses files below `DATA_DIR` as that user only, so that symbolic links in it cannot redirect
it; no permission outside `DATA_DIR` is ever changed.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from settings import default_data_dir

from .child import death_signal, set_death_signal
from .fault import EmbeddedFault

SERVICE_USER = "wsmon"
ENVIRONMENT = "environment"  # scripts/serve may have made it before the service user exists


class Identity(TypedDict, total=False):
    """Arguments of `subprocess` for the user of the child."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Owner:
    """A user by name and ids; the name is empty where the machine has none for the id."""

    name: str
    uid: int
    gid: int

    @property
    def is_other_user(self) -> bool:
        """Whether this process is root and the user is not."""
        return os.getuid() == 0 != self.uid

    def identity(self) -> Identity:
        """Arguments of `subprocess` that run a child as this user."""
        if not self.is_other_user:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    @contextmanager
    def acting(self) -> Iterator[None]:
        """Set the effective user of the whole process for the block."""
        if not self.is_other_user or os.geteuid() == self.uid:
            yield
            return
        number = death_signal()
        os.setegid(self.gid)
        os.seteuid(self.uid)
        try:
            yield
        finally:
            os.seteuid(0)
            os.setegid(0)
            set_death_signal(number)  # the kernel forgets it when the effective user changes

    def can_run(self, program: Path) -> bool:
        """Whether this user can reach and execute `program`."""
        return self._succeeds([program, "--version"])

    def can_read(self, path: Path) -> bool:
        """Whether this user can read a file, or enter and list a folder."""
        script = 'test -r "$1" && { test ! -d "$1" || test -x "$1"; }'
        return self._succeeds(["/bin/sh", "-c", script, "sh", path])

    def can_write(self, folder: Path) -> bool:
        """Whether this user can enter `folder` and create files there."""
        return self._succeeds(["/bin/sh", "-c", 'cd "$1" && test -w .', "sh", folder])

    def _succeeds(self, command: list[str | Path]) -> bool:
        try:
            result = subprocess.run(
                command, check=False, capture_output=True, cwd="/", **self.identity()
            )
        except OSError:
            return False
        return result.returncode == 0


def claim(data_dir: Path) -> Owner:
    """Create `DATA_DIR` when missing; answers the user that owns its contents.

    Root keeps the folder itself and admits the service user's group, with the sticky bit: a
    compromised web worker cannot replace the environment root runs. Raises `EmbeddedFault`.
    """
    try:
        fresh = not data_dir.exists()
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = owner_of(data_dir)
        if owner.is_other_user and (fresh or _is_ours(data_dir)):
            os.chown(data_dir, 0, owner.gid)
            data_dir.chmod(0o1770)
    except OSError as fault:
        raise EmbeddedFault(f"DATA_DIR cannot be used: {fault}.") from fault
    if not owner.can_write(data_dir):
        raise EmbeddedFault(
            f"The user {owner.name} cannot write in DATA_DIR {data_dir}: it or a folder above it "
            f"is closed to him. Give it to {owner.name}, or name another folder by DATA_DIR."
        )
    return owner


def owner_of(data_dir: Path) -> Owner:
    """This user; for root the owner of the data, or the service user, created when missing."""
    uid = os.getuid()
    if uid == 0:
        holder = data_dir / "postgresql"
        uid = (holder if holder.exists() else data_dir).stat().st_uid or _service_user().pw_uid
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return Owner("", uid, os.getgid())
    return Owner(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _is_ours(data_dir: Path) -> bool:
    if data_dir.stat().st_uid != 0:
        return False
    names = {path.name for path in data_dir.iterdir()}
    return data_dir == default_data_dir() or names <= {ENVIRONMENT}


def _service_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(SERVICE_USER)
    except KeyError:
        _make_service_user()
    return pwd.getpwnam(SERVICE_USER)


def _make_service_user() -> None:
    program = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if program is None:
        raise EmbeddedFault(
            f"PostgreSQL does not run as root and useradd is missing: make a user {SERVICE_USER}."
        )
    home = ["--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
    result = subprocess.run(
        [program, "--system", "--user-group", *home, SERVICE_USER],
        check=False,
        capture_output=True,
        text=True,
    )
    if result.returncode and SERVICE_USER not in {entry.pw_name for entry in pwd.getpwall()}:
        raise EmbeddedFault(f"The user {SERVICE_USER} cannot be made: {result.stderr.strip()}")
