"""Records of a fixed length: what they hold comes back, what they cannot hold is the largest."""

import numpy as np

from analytics.correlation.sessions.packing import AGE, AGES, SUMMARY, packed, unpacked


def test_records_come_back_as_they_were() -> None:
    names = SUMMARY.names or ()
    columns = {name: np.array([number, number + 100]) for number, name in enumerate(names)}
    columns["cls"] = np.array([0.25, np.nan])
    records = unpacked(b"".join(packed(columns, SUMMARY)), SUMMARY)
    for name in names:
        np.testing.assert_array_equal(records[name], columns[name], err_msg=name)
    assert SUMMARY.itemsize == 100


def test_beyond_its_field_a_number_is_the_largest_and_never_wraps() -> None:
    columns = {name: np.array([10**12, -1, 65_535]) for name in AGES}
    records = unpacked(b"".join(packed(columns, AGE)), AGE)
    assert records["drops"].tolist() == [65_535, 0, 65_535]
    many = {name: np.array([2.0**40]) for name in SUMMARY.names or ()}
    (record,) = unpacked(packed(many, SUMMARY)[0], SUMMARY)
    assert (record["open_ms"], record["segment"]) == (2**32 - 1, 2**31 - 1)


def test_no_rows_are_no_records() -> None:
    assert packed({name: np.zeros(0) for name in AGES}, AGE) == []
    assert unpacked(b"", AGE).size == 0
