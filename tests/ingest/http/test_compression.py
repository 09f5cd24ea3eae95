"""Compressed answers: in encodings everybody reads, and the file behind one is closed."""

import gc
import warnings

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize(
    ("accepted", "given"),
    [("identity", None), ("zstd", None), ("zstd, gzip", "gzip"), ("gzip, deflate, br, zstd", "br")],
)
def test_a_file_is_sent_as_everybody_reads_it_and_closed(
    client: FlaskClient, accepted: str, given: str | None
) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ResourceWarning)
        answer = client.get("/static/tokens.css", headers={"Accept-Encoding": accepted})
        assert answer.headers.get("Content-Encoding") == given
        assert answer.data
        answer.close()
        gc.collect()
    assert [str(one.message) for one in caught if "tokens.css" in str(one.message)] == []
