"""Chromium behind a proxy of `programs`, and a page of another origin."""

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Browser, Playwright

from tests.support.proxies.programs import HOST, RunningProxy
from tests.support.servers.chromium import PROGRAMS, USER_AGENT

PORTAL = "portal.localhost"


@contextmanager
def browser_behind(playwright: Playwright, proxy: RunningProxy) -> Iterator[Browser]:
    """Chromium that finds the host at the proxy and trusts its certificate alone."""
    path = next(Path("/usr/bin") / name for name in PROGRAMS if (Path("/usr/bin") / name).exists())
    browser = playwright.chromium.launch(
        executable_path=path,
        args=[
            f"--host-resolver-rules=MAP {HOST}:443 127.0.0.1:{proxy.port}",
            f"--ignore-certificate-errors-spki-list={_fingerprint(proxy)}",
            f"--user-agent={USER_AGENT}",
        ],
    )
    try:
        yield browser
    finally:
        browser.close()


def _fingerprint(proxy: RunningProxy) -> str:
    """The digest of the public key, by which Chromium is told to trust the certificate."""
    pem = proxy.certificate.cert_chain_pems[0].bytes()
    key = x509.load_pem_x509_certificate(pem).public_key()
    encoded = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(encoded).digest()).decode()


class _Files(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def portal(folder: Path) -> Iterator[str]:
    """The address of another origin, which serves the files of a folder."""
    files = partial(_Files, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), files)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{PORTAL}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
