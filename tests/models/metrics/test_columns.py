"""The columns of browsers and servers, by how they combine: none twice, all of the catalogue."""

from itertools import combinations

from models.metrics import client_columns, server_columns
from models.metrics.client_catalogue import CATALOG
from models.metrics.dimensions import DIMENSIONS, SPLIT_BY
from models.metrics.metric import Kind


def test_a_column_of_browsers_combines_in_one_way() -> None:
    groups = (client_columns.COUNTS, client_columns.GAUGES, client_columns.HISTOGRAMS)
    assert all(not {*left} & {*right} for left, right in combinations(groups, 2))


def test_every_count_of_the_catalogue_is_a_column() -> None:
    counts = {name for m in CATALOG if m.kind is Kind.COUNT for name in m.columns}
    assert counts - {"close_codes", "close_codes_given"} == {*client_columns.COUNTS}
    assert {*client_columns.JUDGED} < {*client_columns.COUNTS}
    assert {*client_columns.TRIALS} <= {*client_columns.COUNTS}


def test_a_column_of_servers_combines_in_one_way() -> None:
    groups = (
        server_columns.COUNTERS, server_columns.SUMS, server_columns.GAUGES,
        server_columns.HISTOGRAMS, server_columns.PROCESS, server_columns.TIME_INTEGRALS,
    )  # fmt: skip
    assert all(not {*left} & {*right} for left, right in combinations(groups, 2))


def test_cells_are_split_by_every_dimension_but_the_app() -> None:
    assert {*SPLIT_BY, "app"} == {*DIMENSIONS}
