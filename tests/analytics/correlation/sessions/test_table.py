"""Some sessions of a table, with the bins of their ages."""

import numpy as np
import pytest

from analytics.correlation.sessions import reader
from analytics.correlation.sessions.packing import AGE, SUMMARY
from analytics.correlation.sessions.reader import table_of
from analytics.correlation.sessions.table import SessionTable

LABELS = {7: ("portal", "DE", "4g", "wifi", "Chrome 141", "1"), 3: ("kiosk", *["unknown"] * 5)}


def a_table(zone: str = "UTC") -> SessionTable:
    """Three sessions that begin at 20, 10 and 30 s, with three, one and two bins."""
    records = np.zeros(3, dtype=SUMMARY)
    records["start"], records["bins"], records["segment"] = (20, 10, 30), (3, 1, 2), (7, 3, 7)
    records["drops"] = (2, 0, 5)
    ages = np.zeros(6, dtype=AGE)
    ages["interactions"] = (1, 2, 3, 4, 5, 6)
    return table_of(records, ages, LABELS, zone=zone, share=1.0)


def test_sessions_are_in_order_of_their_start_with_their_own_bins() -> None:
    table = a_table()
    assert (table.start.tolist(), table.drops.tolist()) == ([10, 20, 30], [0, 2, 5])
    assert table.ages.first.tolist() == [0, 1, 4, 6]
    assert table.ages.interactions.tolist() == [4, 1, 2, 3, 5, 6]
    app = table.dimensions["app"]
    assert [app.labels[code] for code in app.codes] == ["kiosk", "portal", "portal"]


def test_segments_far_apart_are_coded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    codes = a_table().dimensions["country"].codes.tolist()
    monkeypatch.setattr(reader, "LONGEST_TABLE", 2)
    assert a_table().dimensions["country"].codes.tolist() == codes == [1, 0, 0]


def test_a_mask_and_numbers_select_the_same() -> None:
    table = a_table()
    for rows in (np.array([True, False, True]), np.array([0, 2])):
        some = table.select(rows)
        assert (len(some), some.drops.tolist()) == (2, [0, 5])
        assert (some.ages.first.tolist(), some.ages.interactions.tolist()) == ([0, 1, 3], [4, 5, 6])
    empty = table.select(np.zeros(3, dtype=np.bool_))
    assert (len(empty), empty.ages.first.tolist(), empty.ages.interactions.size) == (0, [0], 0)
