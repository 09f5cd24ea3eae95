"""CSV by RFC 4180, without formulas."""

import csv
import io
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.formatting.csv_text import Cell, table

texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)


def test_the_full_text() -> None:
    moment = datetime(2026, 3, 2, 13, tzinfo=timezone(timedelta(hours=1)))
    rows: list[list[Cell]] = [[moment, 'a "quoted", word', 1, -1.5, None]]
    assert table(["t", "page", "n", "delta_ms", "p95_ms"], rows) == (
        't,page,n,delta_ms,p95_ms\r\n2026-03-02T12:00:00Z,"a ""quoted"", word",1,-1.5,\r\n'
    )


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "\n=1"])
def test_a_formula_is_text(text: str) -> None:
    rows = list(csv.reader(io.StringIO(table(["x"], [[text]]), newline="")))
    assert rows[1] == ["'" + text]


@given(st.lists(st.lists(texts, min_size=2, max_size=2), max_size=5))
def test_written_cells_are_read_back(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(table(["a", "b"], rows), newline="")))[1:]
    assert [[cell.removeprefix("'") for cell in row] for row in read] == [
        [cell.removeprefix("'") for cell in row] for row in rows
    ]
