"""Every server and framework in its newest version, in a fresh environment."""

from pathlib import Path

import pytest

from tests.support.agents import running, table
from tests.support.agents.recipes import CORE, OTHERS


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
