"""Drops root: everything runs as the service user if that user can read our files."""

import os
import sys
from pathlib import Path

from models.embedded import Owner
from settings import CHECKOUT


class EnvFileUnreadable(Exception):
    """The service user cannot read `.env`. The text says what to do."""


def become(owner: Owner) -> str | None:
    """Switch to `owner` permanently. Returns a warning if the process has to stay root.

    Raises `EnvFileUnreadable`.
    """
    if not owner.is_other_user:
        return None
    if not owner.can_run(Path(sys.executable)) or not owner.can_read(CHECKOUT):
        return (
            f"The user {owner.name} cannot enter {CHECKOUT} or the Python of {sys.executable}: "
            f"the database runs as {owner.name}, the web workers as root. Better: keep the "
            "checkout outside closed homes, such as in /opt, or start as an ordinary user."
        )
    env_file = CHECKOUT / ".env"
    if env_file.exists() and not owner.can_read(env_file):
        raise EnvFileUnreadable(
            f"The user {owner.name} cannot read {env_file}: "
            f"chgrp {owner.name} {env_file} && chmod 640 {env_file}"
        )
    os.initgroups(owner.name, owner.gid)
    os.setgid(owner.gid)
    os.setuid(owner.uid)
    os.environ.update(USER=owner.name, LOGNAME=owner.name, HOME="/nonexistent")
    return None
