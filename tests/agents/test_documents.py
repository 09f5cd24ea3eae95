"""The lines of `docs/servers.md` run as they stand, in an application with modules of our names."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from settings import CHECKOUT
from tests.support.agents.recipes import FILES

DOCUMENT = (CHECKOUT / "docs" / "servers.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"^```python\n(.*?)^```", DOCUMENT, re.DOTALL | re.MULTILINE)
INSTALLED = ("flask_sock", "websockets", "aiohttp")


def run(snippet: str, python: Path, agent: Path, folder: Path) -> None:
    for name in ("models.py", "settings.py"):
        (folder / name).write_text(FILES[name], encoding="utf-8")
    subprocess.run(
        [str(python), "-W", "error::SyntaxWarning", "-c", snippet],
        cwd=folder, env={"PYTHONPATH": f"{agent}:{folder}"}, check=True, timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize("library", INSTALLED)
def test_two_lines_measure(library: str, agent: Path, tmp_path: Path) -> None:
    (snippet,) = (text for text in SNIPPETS if f"wsmon_agent.{library} import" in text)
    run(snippet, Path(sys.executable), agent, tmp_path)


@pytest.mark.deep
def test_every_two_lines_measure(environment: Path, agent: Path, tmp_path: Path) -> None:
    assert len(SNIPPETS) == 7
    for snippet in SNIPPETS:
        run(snippet, environment, agent, tmp_path)
