"""Gunicorn's configuration, under `scripts/serve` and under a bare `gunicorn 'wsgi:create_app()'`.

Gunicorn reads the names of this module as its settings; its command line overrides them.
"""

import ctypes
import gc
import logging
import re
import signal
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from analytics.operations.json_logs import JsonFormatter
from ingest.bounds import shared_loads
from ingest.bounds.shared_loads import SharedLoads
from ingest.http import arrivals
from ingest.http.arrivals import Arrivals
from ingest.http.request_id_log import RequestIdFilter
from ingest.worker.web_worker import WebWorker
from models.embedded import EmbeddedFault, running
from scripts.listening import BACKLOG
from settings import CHECKOUT, Settings
from settings_readers import SettingsError

PR_SET_PDEATHSIG = 1
WORKER = "worker"  # app.extensions key of the worker's life cycle (ingest.worker.lifecycle)

try:
    _settings = Settings.from_environment()
except SettingsError as fault:
    sys.exit(str(fault))

_exit_stack = ExitStack()

chdir = str(CHECKOUT)
wsgi_app = "wsgi:create_app()"
proc_name = "websocket-analytics"
bind = f"{f'[{_settings.host}]' if ':' in _settings.host else _settings.host}:{_settings.port}"
workers = _settings.web_workers
worker_class = WebWorker
worker_connections = 20_000  # open WebSockets count too; `ulimit -n` is the real limit
backlog = BACKLOG
keepalive = 5
timeout = 60  # seconds without a heartbeat until a worker is replaced
graceful_timeout = 4  # seconds until the master kills a worker; the complete stop has 10 s
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a heartbeat
control_socket_disable = True
forwarded_allow_ips = ""  # TRUSTED_PROXY_HOPS decides which proxies are trusted, not gunicorn
# No address (`%(h)s`) and no query (`%(r)s`, `%(q)s`: it may hold a key) in any log.
access_log_format = '%(t)s "%(m)s %(U)s" %(s)s %(b)s bytes %(M)s ms'

if _settings.log_format == "json":
    _json = {"handlers": ["console"], "propagate": False}
    logconfig_dict = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonFormatter, "process": "web"}},
        "filters": {"request": {"()": RequestIdFilter}},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "json",
                "filters": ["request"],
            }
        },
        "loggers": {"gunicorn.error": _json, "gunicorn.access": _json},
        "root": {"level": "WARNING", "handlers": ["console"]},
    }


class AddressFilter(logging.Filter):
    """Removes the client's address and the query from gunicorn's own log messages."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; always keeps it."""
        text = re.sub(r" from ip=\S*:", ":", record.getMessage())
        record.msg, record.args = re.sub(r"\?\S*", "", text), None
        return True


def on_starting(server: Any) -> None:
    """Make what the workers share; start the embedded database unless it is running or an
    external one is configured."""
    server.log.error_log.addFilter(AddressFilter())
    arrivals.of_node.share(Arrivals())
    arrivals.of_sessions.share(Arrivals())
    shared_loads.of_node.share(SharedLoads(workers))
    try:
        _exit_stack.enter_context(running(_settings))
    except EmbeddedFault as fault:
        sys.exit(str(fault))


def post_fork(server: Any, worker: Any) -> None:  # noqa: ARG001 - gunicorn names them
    """Have the kernel kill the worker when its master dies, even by SIGKILL."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def post_worker_init(worker: Any) -> None:
    """Start the worker's life cycle, which stops it in order once it is to stop.

    What the start has made stays until the end. The collector of cycles need not search it again
    and again: it did so for a tenth of the time of a post.
    """
    gc.collect()
    gc.freeze()
    worker.wsgi.extensions[WORKER].start(lambda: not worker.alive)


def worker_exit(server: Any, worker: Any) -> None:  # noqa: ARG001 - gunicorn names them
    """Finish the stop of a worker: no connection is left."""
    if worker.wsgi is not None:
        worker.wsgi.extensions[WORKER].stop()


def on_exit(server: Any) -> None:  # noqa: ARG001 - gunicorn names it
    """Stop the embedded database after the last worker, if it was started here."""
    _exit_stack.close()
