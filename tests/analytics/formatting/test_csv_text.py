"""CSV by RFC 4180, without formulas."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

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


def test_times_of_a_zone_are_those_that_spreadsheets_read_and_the_head_names_it() -> None:
    moment = datetime(2026, 3, 2, 12, 0, 0, 999_999, tzinfo=UTC)
    text = table(["t", "until", "n"], [[moment, None, 1]], ZoneInfo("Asia/Kolkata"))
    assert text == "t (Asia/Kolkata),until,n\r\n2026-03-02 17:30:00,,1\r\n"


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@A1", "'@A1"), ("\r=1", "'\r'=1"),
        ("  =1", "'  =1"), ("\uff1d1", "'\uff1d1"), ("\uff0b1", "'\uff0b1"),
        ("\u22121", "'\u22121"), ("a;=1", "a;'=1"), ("a; \uff20A1;b", "a;' \uff20A1;b"),
        ("a\t+1", "a\t'+1"),         ("a\n-1", "a\n'-1"),
        ("a=b;c", "a=b;c"), ("2026-11-28", "2026-11-28"),
    ],
)  # fmt: skip
def test_a_formula_is_text(text: str, cell: str) -> None:
    rows = list(csv.reader(io.StringIO(table(["x"], [[text]]), newline="")))
    assert rows[1] == [cell]


@given(st.lists(st.lists(texts, min_size=2, max_size=2), max_size=5))
def test_written_cells_are_read_back(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(table(["a", "b"], rows), newline="")))[1:]
    assert [[cell.replace("'", "") for cell in row] for row in read] == [
        [cell.replace("'", "") for cell in row] for row in rows
    ]


@given(st.text(";\t\r\n ,\"x'=+-@\uff1d\uff0b\uff0d\uff20\u2212", max_size=12))
def test_no_cell_is_a_formula_however_a_spreadsheet_parts_them(text: str) -> None:
    written = table(["n", "page"], [[1, text]])
    for cell in re.split(r"[;\t\r\n]", written):
        assert not cell.strip(" ").startswith(tuple("=+-@\uff1d\uff0b\uff0d\uff20\u2212"))
