"""The matrix, the three pairs of the documentation, and the table of all pairs."""

import pytest

from dashboard.client.correlation.core.data import hour_cell, session_cell
from dashboard.client.correlation.core.url_state import BY_SESSIONS, CorrelationView
from dashboard.client.correlation.matrix import heatmap, pair_table, seed_pairs
from dashboard.client.correlation.page import TAB
from tests.support.pages.components import components_of, links_of, table_rows, text_of
from tests.support.pages.correlation_figures import (
    correlation_data,
    correlations,
    refused,
)

PAIRS = correlations().pairs
CONFOUNDED, STRONG, TURNED = "latency_p95_ms~page_load_ms", "latency_p95_ms~inp_ms", "−0.47"


def test_every_pair_has_its_cell_with_its_coefficient_and_n() -> None:
    (trace,) = heatmap.draw(correlation_data()).body["data"]
    assert sorted(trace["customdata"]) == sorted(pair.key for pair in PAIRS)
    assert len({*zip(trace["x"], trace["base"], strict=True)}) == len(PAIRS)
    texts = dict(zip(trace["customdata"], trace["text"], strict=True))
    assert texts[STRONG] == "<b>0.74</b><br>n 190"
    assert texts["error_rate~cls"] == "not<br>enough"


@pytest.mark.parametrize(
    ("key", "color"),
    [
        (STRONG, "--d3"), ("error_rate~ux_errors_per_hour", "--d2"),
        ("setup_p95_ms~lcp_ms", "--d1"),
        ("drops_per_hour~interactions_per_minute", "--d-2"), ("error_rate~inp_ms", "--d0"),
        ("error_rate~cls", "--line-strong"),
    ],
)  # fmt: skip
def test_a_cell_is_coloured_by_sign_and_strength_and_pale_within_chance(
    key: str, color: str
) -> None:
    pair = correlations().pair(key)
    assert pair is not None
    assert heatmap.color_of(hour_cell(pair)) == color


def test_only_cells_without_enough_data_are_hatched() -> None:
    (trace,) = heatmap.draw(correlation_data()).body["data"]
    hatched = {key for key, shape in zip(trace["customdata"], trace["marker"]["pattern"]["shape"],
                                         strict=True) if shape}  # fmt: skip
    assert hatched == {pair.key for pair in PAIRS if not pair.over_time.enough_data}


def test_the_matrix_of_sessions_has_what_equals_say() -> None:
    pair = correlations().pair(CONFOUNDED)
    assert pair is not None
    cell = session_cell(pair)
    assert (cell.estimate, cell.n) == (pair.per_session.within, pair.per_session.n_within)
    data = correlation_data(view=CorrelationView(by=BY_SESSIONS))
    content = heatmap.draw(data)
    assert "among equal sessions" in content.unit
    assert "<b>0.12</b><br>n 47\u202fk" in content.body["data"][0]["text"]


def test_the_drawn_pair_is_outlined_and_is_that_of_the_address() -> None:
    data = correlation_data(view=CorrelationView(pair=CONFOUNDED))
    (trace,) = heatmap.draw(data).body["data"]
    widths = dict(zip(trace["customdata"], trace["marker"]["line"]["width"], strict=True))
    assert [key for key, width in widths.items() if width] == [CONFOUNDED]
    assert correlation_data().pair.key == STRONG
    assert correlation_data(refused()).pair.is_seed


def test_the_three_pairs_come_first_each_with_both_views_and_a_link() -> None:
    data = correlation_data()
    cells = seed_pairs.cells(data)
    assert [*links_of(cells)] == list(seed_pairs.LABELS)
    text = text_of(cells[0])
    assert "explained by Country" in text
    assert "95 % interval 0.33 to 0.49 · n = 190 independent hours" in text
    assert "among equal sessions 0.12, 0.08 to 0.16 · n = 47,410" in text
    rows = table_rows(pair_table.draw(data).body)
    assert [row[0] for row in rows[:3]] == list(seed_pairs.LABELS)
    assert len(rows) == len(PAIRS)
    assert [float(row[1].replace("−", "-")) for row in rows[3:5]] == [0.74, 0.23]


def test_links_of_the_table_draw_their_pair_and_keep_the_view() -> None:
    data = correlation_data(view=CorrelationView(by=BY_SESSIONS, filters={"app": "portal"}))
    href = links_of(pair_table.draw(data).body)["Round trip p95 and INP"]
    view = TAB.view(href)
    assert (view.pair, view.by, view.filters) == (STRONG, BY_SESSIONS, {"app": "portal"})


def test_without_enough_data_nothing_is_coloured_and_each_pair_says_why() -> None:
    data = correlation_data(refused())
    content = heatmap.draw(data)
    assert {*content.body["data"][0]["text"]} == {"not<br>enough"}
    assert "36 without enough data" in content.foot[1]
    assert all(row[-1] for row in content.table.rows)
    assert len(components_of(seed_pairs.cells(data), "tag")) == 3
    assert {row[-1] for row in table_rows(pair_table.draw(data).body)} == {"not enough data"}
