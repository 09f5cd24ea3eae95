"""Steps of one length: edges ascend from the start to the end."""

from datetime import timedelta

from models.metrics.grid import Grid
from tests.support.clock import NOON


def test_uniform_steps_have_their_length() -> None:
    grid = Grid.uniform(NOON, 60, 3)
    assert grid.edges == tuple(NOON + timedelta(minutes=number) for number in range(4))
    assert (grid.start, grid.end, grid.steps, grid.seconds) == (
        NOON, NOON + timedelta(minutes=3), 3, 60,
    )  # fmt: skip
