"""Posted bodies: the limit holds however they are sent, and three headers may hold the key."""

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.http import request_body
from ingest.http.problems import BadRequest, TooLarge
from ingest.http.request_body import LARGEST_BODY


def posted(body: bytes, length: str | None = None, **more: Any) -> dict[str, Any]:
    """The environment of a request with this Content-Length, by default the right one."""
    return {
        "wsgi.input": io.BytesIO(body),
        "CONTENT_LENGTH": str(len(body)) if length is None else length,
        **more,
    }


def chunked(body: bytes) -> dict[str, Any]:
    return posted(body, "", **{"wsgi.input_terminated": True})


def test_a_body_up_to_the_limit_is_read_with_and_without_a_length() -> None:
    largest = b"x" * LARGEST_BODY
    assert request_body.body(posted(largest)) == largest
    assert request_body.body(chunked(largest)) == largest


@pytest.mark.parametrize("environ", [posted, chunked])
def test_a_body_over_the_limit_is_refused(environ: Any) -> None:
    with pytest.raises(TooLarge, match=str(LARGEST_BODY)):
        request_body.body(environ(b"x" * (LARGEST_BODY + 1)))


def test_no_more_than_the_limit_is_read_of_an_endless_body() -> None:
    endless = io.BytesIO(b"x" * 10 * LARGEST_BODY)
    with pytest.raises(TooLarge):
        request_body.body({"wsgi.input": endless, "wsgi.input_terminated": True})
    assert endless.tell() == LARGEST_BODY + 1


def test_a_body_that_claims_to_be_large_is_not_read_at_all() -> None:
    environ = posted(b"{}", str(LARGEST_BODY + 1))
    with pytest.raises(TooLarge):
        request_body.body(environ)
    assert environ["wsgi.input"].tell() == 0


@pytest.mark.parametrize("length", ["-1", "1e3", "٣", "9" * 400, "0x10", " 2"])
def test_a_length_that_is_no_number_is_refused(length: str) -> None:
    with pytest.raises(TooLarge):
        request_body.body(posted(b"{}", length))


def test_a_body_cut_short_is_not_taken_for_complete() -> None:
    with pytest.raises(BadRequest, match="Content-Length"):
        request_body.body(posted(b'{"reports": [', "100"))


def test_a_request_without_length_has_no_body() -> None:
    assert request_body.body(posted(b"of the next request", "")) == b""


@given(st.integers(0, 300))
def test_a_length_bounds_what_is_read_from_a_shared_stream(size: int) -> None:
    stream = posted(b"a" * size + b"next request", str(size))
    assert request_body.body(stream) == b"a" * size
    assert stream["wsgi.input"].read() == b"next request"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("application/json", "application/json"),
        ("Application/JSON; charset=utf-8", "application/json"),
        (" text/plain ;x", "text/plain"),
        ("", ""),
    ],
)
def test_the_media_type_comes_without_parameters(header: str, expected: str) -> None:
    assert request_body.media_type({"CONTENT_TYPE": header}) == expected
    assert request_body.media_type({}) == ""


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, ""),
        ({"HTTP_X_INGEST_KEY": "a", "HTTP_AUTHORIZATION": "Bearer b"}, "a"),
        ({"HTTP_AUTHORIZATION": "bearer b ", "QUERY_STRING": "key=c"}, "b"),
        ({"HTTP_AUTHORIZATION": "Basic b", "QUERY_STRING": "key=c%26d"}, "c&d"),
        ({"HTTP_AUTHORIZATION": "Bearer", "QUERY_STRING": "app=x"}, ""),
        ({"QUERY_STRING": "key=first&key=second"}, "first"),
    ],
)
def test_the_ingest_key_is_read_from_header_token_or_query(
    environ: dict[str, str], expected: str
) -> None:
    assert request_body.ingest_key(environ) == expected


def test_a_single_object_and_a_list_are_both_items() -> None:
    assert request_body.items(posted(b'{"a": 1}')) == [{"a": 1}]
    assert request_body.items(posted(b'{"samples": [{}, 3]}'), "samples") == [{}, 3]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'{"reports": 1}', b"[" * 5000])
def test_what_is_no_json_object_is_a_bad_request(body: bytes) -> None:
    with pytest.raises(BadRequest):
        request_body.items(posted(body))
