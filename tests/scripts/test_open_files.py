"""The limit of open files: raised as far as permitted, with a warning where that is too low."""

import subprocess
import sys

import pytest

from scripts.open_files import MAX_LIMIT, SUFFICIENT_LIMIT
from settings import CHECKOUT

PROBE = (
    "import resource, sys; resource.setrlimit(7, (int(sys.argv[1]), int(sys.argv[2])));"
    "from scripts.open_files import raise_limit; warning = raise_limit();"
    "print(*resource.getrlimit(7), warning or '')"
)


def raised(soft: int, hard: int) -> str:
    """The limits and the warning of a process that began with these limits."""
    arguments = [sys.executable, "-S", "-c", PROBE, str(soft), str(hard)]
    result = subprocess.run(arguments, cwd=CHECKOUT, capture_output=True, text=True, check=True)
    return result.stdout.strip()


@pytest.mark.parametrize(
    ("soft", "hard", "expected"),
    [
        (256, SUFFICIENT_LIMIT, f"{SUFFICIENT_LIMIT} {SUFFICIENT_LIMIT}"),
        (SUFFICIENT_LIMIT, SUFFICIENT_LIMIT, f"{SUFFICIENT_LIMIT} {SUFFICIENT_LIMIT}"),
    ],
)
def test_a_sufficient_limit_warns_of_nothing(soft: int, hard: int, expected: str) -> None:
    assert raised(soft, hard) == expected


def test_a_low_limit_is_named_with_a_way_out() -> None:
    text = raised(256, 1024)
    assert text.startswith("1024 1024 One worker may hold only about 924 connections")
    assert f"`ulimit -n {SUFFICIENT_LIMIT}`" in text


def test_the_limit_that_is_aimed_at_is_sufficient() -> None:
    assert MAX_LIMIT > SUFFICIENT_LIMIT
