"""Who runs the server: ourselves, or as root one service user, since PostgreSQL refuses root."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from .fault import EmbeddedFault
from .places import Places

SERVICE_USER = "wsmon"


class Identity(TypedDict, total=False):
    """Arguments of `subprocess` that say who the child is."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Owner:
    """A user by name and numbers."""

    name: str
    uid: int
    gid: int

    def identity(self) -> Identity:
        """Arguments of `subprocess` that make a child this user."""
        if os.geteuid() == self.uid:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_run(self, program: Path) -> bool:
        """Whether this user reaches and may execute `program`."""
        try:
            subprocess.run(
                [program, "--version"], check=True, capture_output=True, cwd="/", **self.identity()
            )
        except (OSError, subprocess.CalledProcessError):
            return False
        return True

    def can_enter(self, folder: Path) -> bool:
        """Whether this user may enter `folder` and write there."""
        script = 'cd "$1" && test -w .'
        result = subprocess.run(
            ["/bin/sh", "-c", script, "sh", folder],
            check=False,
            capture_output=True,
            cwd="/",
            **self.identity(),
        )
        return result.returncode == 0

    def give(self, folder: Path) -> None:
        """Make everything in `folder` this user's, when we are root and it is not yet."""
        if os.geteuid() != 0 or folder.stat().st_uid == self.uid:
            return
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def server_owner() -> Owner:
    """Ourselves, or as root the service user, who is made when missing."""
    uid = os.geteuid()
    if uid != 0:
        entry = pwd.getpwuid(uid)
        return Owner(entry.pw_name, uid, entry.pw_gid)
    try:
        entry = pwd.getpwnam(SERVICE_USER)
    except KeyError:
        _make_service_user()
        entry = pwd.getpwnam(SERVICE_USER)
    return Owner(entry.pw_name, entry.pw_uid, entry.pw_gid)


def reachable_binaries(owner: Owner, shipped: Path, places: Places) -> Path:
    """The `bin` folder `owner` can run: the shipped one, or a copy under `DATA_DIR`."""
    if owner.can_run(shipped / "postgres"):
        return shipped
    copy = places.binaries_copy
    if not owner.can_run(copy / "bin" / "postgres"):
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(shipped.parent, copy, symlinks=True)
        owner.give(copy)
    if not owner.can_run(copy / "bin" / "postgres"):
        raise EmbeddedFault(
            f"The user {owner.name} cannot enter {copy}: a folder above it is closed to him. "
            "Set DATA_DIR to a folder he can enter, such as /var/lib/websocket-analytics."
        )
    return copy / "bin"


def _make_service_user() -> None:
    command = [
        "useradd",
        "--system",
        "--user-group",
        "--no-create-home",
        "--home-dir",
        "/nonexistent",
    ]
    try:
        subprocess.run(
            [*command, "--shell", "/usr/sbin/nologin", SERVICE_USER],
            check=True,
            capture_output=True,
            text=True,
        )
    except FileNotFoundError:
        raise EmbeddedFault(
            f"PostgreSQL does not run as root and useradd is missing: make a user {SERVICE_USER}."
        ) from None
    except subprocess.CalledProcessError as fault:
        if SERVICE_USER not in {entry.pw_name for entry in pwd.getpwall()}:
            raise EmbeddedFault(
                f"The user {SERVICE_USER} cannot be made: {fault.stderr.strip()}"
            ) from fault
