"""The agent installed from its wheel, and the servers of the matrix, once a run."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.agents.installed import install

REQUIREMENTS = Path(__file__).parents[1] / "support" / "agents" / "requirements.txt"


@pytest.fixture(scope="session")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(tmp_path_factory.mktemp("agent"))


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
