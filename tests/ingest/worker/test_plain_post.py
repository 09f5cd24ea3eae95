"""Whatever is taken as a plain post, gunicorn's own parser reads the same way, to the last byte."""

from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.http.parser import RequestParser
from gunicorn.http.wsgi import create
from hypothesis import given
from hypothesis import strategies as st

from ingest.worker import plain_post

PEER, LISTENER = ("203.0.113.9", 4711), ("127.0.0.1", 8050)
LONGEST_HEAD, MOST_FIELDS = 4094, 100
PATH = b"/api/ws/client-metrics"
LINE = b"POST %s HTTP/1.1"
BROWSER = (
    b"Host: metrics.example.com", b"Connection: keep-alive", b"Content-Type: text/plain;q=1",
    b"User-Agent: Mozilla/5.0 (X11) Chrome/141", b"Origin: https://example.com", b"Accept: */*",
    b"Accept-Encoding: gzip, br", b"Cookie: a=b; c=\xe9", b"X-Forwarded-For: 192.0.2.1",
)  # fmt: skip
HOSTILE = (
    b"Transfer-Encoding: chunked", b"Transfer-Encoding : chunked", b"transfer-encoding: identity",
    b"Content-Length: 5", b"Content-Length: +4", b"Content-Length: 4, 4", b"content-length:04",
    b"Content-Length: \xb2", b"Content-Length:", b"Content_Length: 3", b"Expect: 100-continue",
    b"Expect: more", b"Connection: Upgrade", b"Upgrade: h2c", b"Connection: close",
    b"Connection: close, x", b"Host: other", b"HOST: ", b"X_Forwarded_For: 1", b"Script-Name: /x",
    b" folded", b"\tfolded", b"No colon", b": none", b"Bad\x00: x", b"Bad: \x00", b"Bad: \x7f",
    b"Bad: a\rb", b"Bad: a\nContent-Length: 9", b"Nam\xe9: x", b"Empty:", b"X-Forwarded-Proto: ftp",
    b"Http2-Settings: AA", b"Te: trailers", b"Proxy: http://x", b"A: \xa0b\xa0", b"A:\t b \t",
)  # fmt: skip
LINES = (
    *(LINE % target for target in (
        PATH, PATH + b"?key=a%20b&c", PATH + b"?", PATH + b"?a#b", PATH + b"#b", b"/monitor" + PATH,
        b"/" + PATH, b"//x" + PATH, b"http://x" + PATH, b"/../.." + PATH, PATH + b"/", b"*",
        PATH.replace(b"api", b"%61pi"), PATH + b"?[\"'<", PATH + b"?\xe9", PATH + b" ",
        PATH + b"?a b", b"/a;b" + PATH, b"",
    )),
    b"POST  " + PATH + b" HTTP/1.1", b"post " + PATH + b" HTTP/1.1", b"POST " + PATH + b" HTTP/1.0",
    b"POST " + PATH + b" HTTP/2.0", b"POST " + PATH, b"GET " + PATH + b" HTTP/1.1",
    b"\r\n" + LINE % PATH, b"\n" + LINE % PATH, b"PROXY TCP4 1.1.1.1 2.2.2.2 1 2\r\n" + LINE % PATH,
)  # fmt: skip
ENDS = st.sampled_from((b"\r\n",) * 8 + (b"\n", b"\r", b"\r\n\r\n", b""))


@st.composite
def posts(draw: st.DrawFn) -> bytes:
    """What a client may send: a post by the rule, with something strange in most of them."""
    fields = [b"Content-Length: %d" % draw(st.sampled_from((4, 4, 4, 0, 3, 99999999)))]
    fields += draw(st.lists(st.sampled_from(BROWSER), max_size=5, unique=True))
    fields += draw(st.lists(st.sampled_from(HOSTILE), max_size=2))
    lines = [draw(st.sampled_from((LINE % PATH,) * 30 + LINES)), *draw(st.permutations(fields))]
    end: bytes = draw(st.sampled_from((b"\r\n",) * 9 + (b"\n",)))
    head = b"".join(line + (draw(ENDS) if draw(st.integers(0, 9)) == 9 else end) for line in lines)
    after: bytes = draw(
        st.sampled_from((b"", b"", LINE % PATH, b"GET / HTTP/1.1\r\n\r\n", b"\x00"))
    )
    wire = head + end + b"{12}" + after
    if draw(st.booleans()):
        return wire
    at = draw(st.integers(0, len(wire)))
    return wire[:at] + draw(st.binary(max_size=2)) + wire[at + draw(st.integers(0, 2)) :]


def by_gunicorn(received: bytes, **settings: Any) -> tuple[dict[str, Any], bytes, bytes]:
    """The environment, the body and the bytes after it. Raises what gunicorn refuses it with."""
    config = Config()
    config.set("forwarded_allow_ips", "")
    for name, value in settings.items():
        config.set(name, value)
    request = next(RequestParser(config, iter([received]), PEER))
    _, environ = create(request, None, PEER, LISTENER, config)
    body = environ["wsgi.input"].read()
    return environ, body, request.unreader.take_buffered()


def assert_read_alike(received: bytes) -> bool:
    """What is taken is read as gunicorn reads it; whether it was."""
    post = plain_post.read(received, LONGEST_HEAD, MOST_FIELDS)
    if post is None:
        return False
    environ, body, after = by_gunicorn(received)
    brought = {
        key: value
        for key, value in environ.items()
        if key.startswith(("HTTP_", "CONTENT_")) or key in ("PATH_INFO", "QUERY_STRING", "RAW_URI")
    }
    assert (post.environ, post.body, received[post.size :]) == (brought, body, after)
    assert environ["REQUEST_METHOD"] == "POST"
    assert environ["SERVER_PROTOCOL"] == "HTTP/1.1"
    return True


@given(posts())
def test_what_is_taken_is_read_as_gunicorn_reads_it(received: bytes) -> None:
    assert_read_alike(received)


@pytest.mark.parametrize("line", LINES)
def test_request_lines(line: bytes) -> None:
    assert_read_alike(b"\r\n".join((line, *BROWSER, b"Content-Length: 4", b"", b"{12}rest")))


@pytest.mark.parametrize("field", HOSTILE)
def test_fields_that_change_what_a_request_is(field: bytes) -> None:
    lines = (LINE % PATH, b"Host: x", field, b"Content-Length: 4", b"", b"{12}rest")
    assert_read_alike(b"\r\n".join(lines))
    assert_read_alike(b"\r\n".join((lines[0], *lines[2:])))
    assert_read_alike(b"\r\n".join((*lines[:3], *lines[4:])))


def test_posts_of_browsers_are_taken() -> None:
    head = b"\r\n".join((LINE % PATH, *BROWSER, b"Content-Length: 4", b"", b""))
    for target in (PATH, PATH + b"?key=secret", b"/monitor" + PATH):
        assert assert_read_alike(head.replace(PATH, target) + b"{12}POST")
    for upto in range(len(head) + 4):
        assert plain_post.read((head + b"{12}")[:upto], LONGEST_HEAD, MOST_FIELDS) is None
    assert plain_post.read(head + b"{12}", len(head) - 1, MOST_FIELDS) is None
    assert plain_post.read(head + b"{12}", LONGEST_HEAD, len(BROWSER)) is None


def test_whether_a_connection_goes_on() -> None:
    for value, is_last in ((b"keep-alive", False), (b"Close", True)):
        head = b"\r\nConnection: %s\r\nContent-Length: 0\r\n\r\n" % value
        post = plain_post.read(LINE % PATH + head, LONGEST_HEAD, MOST_FIELDS)
        assert post is not None
        assert post.is_last is is_last
