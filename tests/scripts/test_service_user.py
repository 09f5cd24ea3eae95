"""Dropping root: for good, or with a warning where the other user cannot read our files.

Always in a process of its own: this one would not be root any more.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from models.embedded import Owner
from scripts.service_user import become
from settings import CHECKOUT
from tests.support.servers.running_server import open_folder

as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root becomes another user")
PROBE = """
import os, pathlib, sys
from models.embedded import Owner
from scripts import service_user
service_user.CHECKOUT, service_user.sys.executable = pathlib.Path(sys.argv[1]), sys.argv[2]
warning = service_user.become(Owner("nobody", 65534, 65534))
print(os.getresuid(), os.getresgid(), os.getgroups(), os.environ["HOME"], warning)
"""
ROOT, NOBODY = (0,) * 3, (65534,) * 3


def after_becoming_nobody(checkout: Path, python: str = "/bin/ls") -> str:
    """Ids, home and warning of a process of root that wants to become nobody."""
    arguments = [sys.executable, "-c", PROBE, str(checkout), python]
    result = subprocess.run(
        arguments, cwd=CHECKOUT, capture_output=True, text=True, check=True,
        env={**os.environ, "HOME": "/root"},
    )  # fmt: skip
    return result.stdout.strip()


def test_a_user_who_is_the_owner_stays_who_he_is() -> None:
    assert become(Owner("me", os.getuid(), os.getgid())) is None


@as_root
def test_root_is_dropped_for_good() -> None:
    with open_folder() as folder:
        folder.chmod(0o755)
        assert after_becoming_nobody(folder) == f"{NOBODY} {NOBODY} [65534] /nonexistent None"


@as_root
def test_a_closed_checkout_is_a_warning_and_root_stays() -> None:
    with open_folder() as folder:
        folder.chmod(0o700)
        output = after_becoming_nobody(folder)
    assert output.startswith(f"{ROOT} {ROOT}")
    assert f"/root The user nobody cannot enter {folder}" in output


@as_root
def test_a_python_that_others_cannot_run_is_a_warning_too() -> None:
    with open_folder() as folder:
        folder.chmod(0o755)
        python = folder / "python"
        python.write_text("#!/bin/sh\n")
        python.chmod(0o700)
        output = after_becoming_nobody(folder, str(python))
    assert output.startswith(f"{ROOT} {ROOT}")
    assert f"the Python of {python}" in output
