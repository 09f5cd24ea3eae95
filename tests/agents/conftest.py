"""The agent installed from its wheel, once a run."""

from pathlib import Path

import pytest

from tests.support.agents.installed import install


@pytest.fixture(scope="session")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(tmp_path_factory.mktemp("agent"))
