"""Gunicorn's gevent worker, which answers plain posts of reports without gunicorn's parser.

What is no plain post is gunicorn's, with every byte that was read of it; after that request the
connection is looked at here again. The configuration imports this in the master, before gevent
patches the standard library: nothing of the application is imported here but what is pure.
"""

import errno
import os
from datetime import timedelta
from http import HTTPStatus
from io import BytesIO
from time import monotonic
from typing import Any

from gevent import Timeout, socket
from gunicorn import util
from gunicorn.http.wsgi import base_environ
from gunicorn.workers.ggevent import GeventWorker

from . import plain_post
from .plain_post import CLOSE, KEEP_ALIVE, PlainPost
from .plain_response import PlainResponse

READ_BYTES = 8192  # as gunicorn reads
LATE_HEAD = "Request Timeout", "The head of the request did not arrive in time."
DISCONNECTED = (errno.EPIPE, errno.ECONNRESET, errno.ENOTCONN)


class ReadAheadSocket(socket.socket):
    """A connection of which bytes were read before gunicorn reads it."""

    ahead = b""

    def recv(self, *args: int) -> bytes:
        """These bytes first, all at once: gunicorn keeps what is more than it asked for."""
        if self.ahead:
            ahead, self.ahead = self.ahead, b""
            return ahead
        received: bytes = super().recv(*args)
        return received


class LateHead(Exception):
    """The head of a request was not complete within `keepalive` seconds of its first byte."""


class WebWorker(GeventWorker):
    """One web worker."""

    alive: bool  # until it is to stop

    def run(self) -> None:
        """Serve until the worker is to stop."""
        limits = (self.cfg.limit_request_line, self.cfg.limit_request_field_size, READ_BYTES)
        self._longest_head = min(limit for limit in limits if limit > 0)
        self._environ = {
            **base_environ(self.cfg),
            "REQUEST_METHOD": "POST",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "SCRIPT_NAME": "",
            "wsgi.url_scheme": "http",
            "wsgi.multithread": True,
        }
        self._reads_posts = (
            self.cfg.keepalive > 0
            and not self.cfg.is_ssl
            and self.cfg.proxy_protocol == "off"
            and self.cfg.protocol == "http"
            and not os.environ.get("SCRIPT_NAME")
        )
        super().run()

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        """Serve one connection until its end."""
        if not self._reads_posts or not isinstance(addr, tuple):
            super().handle(listener, client, addr)
            return
        ahead = None
        try:
            ahead = self._serve_posts(client, listener.getsockname(), addr)
        finally:
            if ahead is None:
                util.close(client)
        if ahead is not None:
            kind = client.family, client.type, client.proto
            client = ReadAheadSocket(*kind, fileno=client.detach())
            client.ahead = ahead
            super().handle(listener, client, addr)

    def handle_request(self, listener_name: Any, req: Any, sock: Any, addr: Any) -> None:
        """Serve what gunicorn has read, then the plain posts that follow it."""
        super().handle_request(listener_name, req, sock, addr)
        if isinstance(sock, ReadAheadSocket) and _is_read(req):
            ahead = self._serve_posts(sock, listener_name, addr)
            if ahead is None:
                raise StopIteration
            sock.ahead = ahead

    def timeout_ctx(self) -> Timeout:
        """Bounds the time in which gunicorn reads the head of a request."""
        return Timeout(self.cfg.keepalive, LateHead())

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer a request that cannot be read, before its connection ends."""
        if isinstance(exc, LateHead):
            util.write_error(client, HTTPStatus.REQUEST_TIMEOUT, *LATE_HEAD)
        else:
            super().handle_error(req, client, addr, exc)

    def _serve_posts(self, client: Any, listener_name: Any, addr: Any) -> bytes | None:
        """Answer the plain posts of a connection, until something else comes: what was read of it.
        `None` at the end of the connection."""
        received = b""
        try:
            while True:
                if not received:
                    client.settimeout(self.cfg.keepalive)
                    received = client.recv(READ_BYTES)
                post = plain_post.read(received, self._longest_head, self.cfg.limit_request_fields)
                if post is None:
                    client.settimeout(None)
                    return received or None
                if not self._serve(post, client, listener_name, addr):
                    return None
                received = received[post.size :]
        except TimeoutError:
            return None
        except OSError as fault:
            if fault.errno not in DISCONNECTED:
                self.log.exception("Socket error processing request.")
            return None

    def _serve(self, post: PlainPost, client: Any, listener_name: Any, addr: Any) -> bool:
        """Answer one post; whether another may follow on its connection."""
        since = monotonic()
        environ = self._environ | post.environ
        environ["REMOTE_ADDR"], environ["REMOTE_PORT"] = addr[0], str(addr[1])
        environ["SERVER_NAME"], environ["SERVER_PORT"] = listener_name[0], str(listener_name[1])
        environ["wsgi.input"] = BytesIO(post.body)
        self._count()
        response = PlainResponse()
        try:
            body = b"".join(self.wsgi(environ, response.start))
            is_last = post.is_last or not self.alive
            encoded = response.encoded(body, CLOSE if is_last else KEEP_ALIVE)
        except Exception:
            self.log.exception("Error handling request POST %s", post.environ["PATH_INFO"])
            util.write_error(client, 500, "Internal Server Error", "")
            return False
        client.sendall(encoded)
        self.log.access(response, (), environ, timedelta(seconds=monotonic() - since))
        return not is_last

    def _count(self) -> None:
        """Count a request against the most that a worker serves."""
        self.nr += 1
        if self.nr >= self.max_requests and self.alive:
            self.log.info("Autorestarting worker after current request.")
            self.alive = False


def _is_read(req: Any) -> bool:
    """Whether nothing of a request is left on its connection, nor of the one after it with
    gunicorn."""
    is_complete = getattr(req.body.reader, "length", None) == 0
    return is_complete and not req.unreader.buf.getbuffer().nbytes
