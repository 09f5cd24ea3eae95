"""Proxies as docs/operations.md configures them, run from Debian's packages, with TLS."""

import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme

from settings import CHECKOUT
from tests.support.servers.running_server import free_port

HOST = "metrics.example.com"
START_SECONDS = 30
MODULES = Path("/usr/lib/apache2/modules")
APACHE_MODULES = ("mpm_event", "authz_core", "headers", "proxy", "proxy_http", "ssl")
_block = r"<!-- proxy: {} -->\n```\w+\n(.*?)```"
Argv = list[str]


@dataclass(frozen=True, slots=True)
class RunningProxy:
    """`port` speaks TLS with a certificate of `authority`; `reload` reads the file anew."""

    port: int
    authority: trustme.CA
    certificate: trustme.LeafCert
    reload: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Program:
    """How a proxy runs in the foreground on a file, and reloads; `frame` is what stands around the
    configuration of the document."""

    name: str
    frame: Callable[[Path, str], str]
    run: Callable[[str], Argv]
    reload: Callable[[str, subprocess.Popen[bytes]], None]


def documented(name: str) -> str:
    """The configuration of a proxy in the document."""
    text = (CHECKOUT / "docs" / "operations.md").read_text(encoding="utf-8")
    match = re.search(_block.format(name), text, re.DOTALL)
    assert match is not None, name
    return match[1]


@contextmanager
def running_proxy(
    name: str, folder: Path, backend: int, change: Callable[[str], str] = str
) -> Iterator[RunningProxy]:
    """A proxy in front of a port of this machine; `change` alters the document's text."""
    program, port, authority = PROGRAMS[name], free_port(), trustme.CA()
    if shutil.which(program.run("")[0]) is None:
        pytest.fail(f"There is no {program.name}: apt-get install {program.name}.")
    leaf = authority.issue_cert(HOST)
    pem, key = folder / "metrics.pem", folder / "metrics.key"
    leaf.private_key_and_cert_chain_pem.write_to_path(pem)
    leaf.private_key_pem.write_to_path(key)
    text = change(documented(name)).replace("443", str(port)).replace("8050", str(backend))
    text = text.replace("/etc/ssl/metrics.pem", str(pem)).replace("/etc/ssl/metrics.key", str(key))
    file = folder / f"{name}.conf"
    file.write_text(program.frame(folder, text))
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(program.run(str(file)), stdout=log, stderr=log)
        try:
            _await_port(port, folder / f"{name}.log")
            yield RunningProxy(port, authority, leaf, lambda: program.reload(str(file), process))
        finally:
            process.terminate()
            process.wait(15)


def _await_port(port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(log.read_text())


def _nginx_frame(folder: Path, text: str) -> str:
    paths = "".join(
        f"{name}_temp_path {folder}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"daemon off; pid {folder}/nginx.pid; error_log stderr;\n"
        f"events {{}}\nhttp {{ access_log off; {paths}\n{text}}}\n"
    )


def _apache_frame(folder: Path, text: str) -> str:
    modules = "\n".join(
        f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in APACHE_MODULES
    )
    return (
        f"ServerName {HOST}\nServerRoot {folder}\nPidFile {folder}/apache.pid\n"
        f"ErrorLog /dev/stderr\nDefaultRuntimeDir {folder}\n{modules}\n{text}"
    )


def _caddy_frame(folder: Path, text: str) -> str:
    return f"{{\n  admin unix/{folder}/caddy.sock\n  auto_https disable_redirects\n}}\n{text}"


def _signal(number: signal.Signals) -> Callable[[str, subprocess.Popen[bytes]], None]:
    return lambda _file, process: process.send_signal(number)


def _caddy_reload(file: str, _process: subprocess.Popen[bytes]) -> None:
    address = f"unix/{Path(file).parent}/caddy.sock"
    argv = ["caddy", "reload", "--force", "--config", file, "--adapter", "caddyfile"]
    subprocess.run([*argv, "--address", address], check=True, capture_output=True)


PROGRAMS = {
    "nginx": Program(
        "nginx", _nginx_frame, lambda file: ["nginx", "-c", file], _signal(signal.SIGHUP)
    ),
    "haproxy": Program(
        "haproxy", lambda _folder, text: text, lambda file: ["haproxy", "-W", "-f", file],
        _signal(signal.SIGUSR2),
    ),
    "caddy": Program(
        "caddy", _caddy_frame,
        lambda file: ["caddy", "run", "--config", file, "--adapter", "caddyfile"], _caddy_reload,
    ),
    "apache": Program(
        "apache2", _apache_frame, lambda file: ["apache2", "-D", "FOREGROUND", "-f", file],
        _signal(signal.SIGUSR1),
    ),
}  # fmt: skip
