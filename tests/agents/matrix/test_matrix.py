"""Every server and framework in its newest version, in a fresh environment."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.agents import running, table
from tests.support.agents.recipes import CORE, OTHERS

REQUIREMENTS = Path(running.__file__).with_name("requirements.txt")


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Python with all servers, and the agent from its wheel."""
    folder = tmp_path_factory.mktemp("servers") / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin" / "python"
    uv = shutil.which("uv") or Path(sys.executable).with_name("uv")
    subprocess.run(
        [str(uv), "pip", "install", "-q", "--python", str(python), "-r", str(REQUIREMENTS)],
        check=True,
    )
    return python


@pytest.mark.deep
@pytest.mark.timeout(600)
def test_every_server_counts_what_clients_did(
    environment: Path, agent: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outcomes = [running.run(recipe, environment, agent) for recipe in (*CORE, *OTHERS)]
    with capsys.disabled():
        print(f"\n{table.table(outcomes)}")
    assert {o.recipe.name: o.differences for o in outcomes if o.differences} == {}


def test_the_table_has_a_row_for_each_server_and_a_column_for_each_way() -> None:
    labels = {"client 1000": "1000/client", "stop": "1012/server"}
    text = table.table([running.Outcome(CORE[1], [], labels)])
    assert text.splitlines()[0] == "| server | client 1000 | stop |"
    assert text.splitlines()[2] == "| ASGI, uvicorn | 1000 client | 1012 server |"
