"""Compressed responses: in widely supported encodings, and the file behind one is closed."""

import gc
import warnings

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [("identity", None), ("zstd", None), ("zstd, gzip", "gzip"), ("gzip, deflate, br, zstd", "br")],
)
def test_a_file_is_sent_in_a_supported_encoding_and_closed(
    client: FlaskClient, accepted: str, expected: str | None
) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ResourceWarning)
        response = client.get("/static/tokens.css", headers={"Accept-Encoding": accepted})
        assert response.headers.get("Content-Encoding") == expected
        assert response.data
        response.close()
        gc.collect()
    assert [
        str(warning.message) for warning in caught if "tokens.css" in str(warning.message)
    ] == []
