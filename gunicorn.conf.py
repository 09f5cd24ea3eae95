"""How the web workers run, under `scripts/serve` and under a bare `gunicorn 'wsgi:create_app()'`.

Gunicorn reads this file's names as its settings; those given on its command line win.
"""

import ctypes
import logging
import re
import signal
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from models.embedded import EmbeddedFault, running
from scripts.listening import BACKLOG
from settings import CHECKOUT, Settings, SettingsError

PR_SET_PDEATHSIG = 1
WORKER = "websocket-worker"  # what the application wants to know of its worker (ingest.sockets)
LEDGER = "ingest-ledger"  # what counts in it, and has to be told of its beginning and end

try:
    _settings = Settings.from_environment()
except SettingsError as fault:
    sys.exit(str(fault))

_until_exit = ExitStack()

chdir = str(CHECKOUT)
wsgi_app = "wsgi:create_app()"
proc_name = "websocket-analytics"
bind = f"{f'[{_settings.host}]' if ':' in _settings.host else _settings.host}:{_settings.port}"
workers = _settings.web_workers
worker_class = "gevent"
worker_connections = 20_000  # open WebSockets count too; `ulimit -n` is the real limit
backlog = BACKLOG
keepalive = 5
timeout = 60  # a worker that gives no sign of life this long is replaced
graceful_timeout = 4  # for requests in flight; the whole stop has 10 s
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a heartbeat
control_socket_disable = True
forwarded_allow_ips = ""  # TRUSTED_PROXY_HOPS decides whom we believe, not gunicorn
# No address (`%(h)s`) and no query (`%(r)s`, `%(q)s`: it may hold a key) in any log.
access_log_format = '%(t)s "%(m)s %(U)s" %(s)s %(b)s bytes %(M)s ms'


class AddressFilter(logging.Filter):
    """Removes the sender's address and the query from gunicorn's own complaints."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; always keeps it."""
        text = re.sub(r" from ip=\S*:", ":", record.getMessage())
        record.msg, record.args = re.sub(r"\?\S*", "", text), None
        return True


def on_starting(server: Any) -> None:
    """Have a database for as long as we run: starts the embedded one when nobody else did."""
    server.log.error_log.addFilter(AddressFilter())
    try:
        _until_exit.enter_context(running(_settings))
    except EmbeddedFault as fault:
        sys.exit(str(fault))


def post_fork(server: Any, worker: Any) -> None:  # noqa: ARG001 - gunicorn names them
    """A worker dies with its master, even when that is killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def post_worker_init(worker: Any) -> None:
    """Open WebSockets are told (1001) when the worker is asked to stop."""
    worker.wsgi.extensions[WORKER].start(lambda: not worker.alive)
    worker.wsgi.extensions[LEDGER].start()


def worker_exit(server: Any, worker: Any) -> None:  # noqa: ARG001 - gunicorn names them
    """The last figures of a worker that ends in order."""
    if worker.wsgi is not None:
        worker.wsgi.extensions[WORKER].finish()
        worker.wsgi.extensions[LEDGER].finish()


def on_exit(server: Any) -> None:  # noqa: ARG001 - gunicorn names it
    """Let the database go after the last worker."""
    _until_exit.close()
