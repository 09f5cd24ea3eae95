"""Real servers: what the agent counts equals what the clients did, wherever the server can tell."""

import sys
from pathlib import Path

import pytest

from tests.support.agents import running
from tests.support.agents.recipes import CORE, Recipe


@pytest.mark.parametrize("recipe", CORE, ids=str)
def test_counts_are_what_clients_did(recipe: Recipe, agent: Path) -> None:
    assert running.run(recipe, Path(sys.executable), agent).differences == []
