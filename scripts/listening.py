"""The listening socket, bound before anything else starts."""

import errno
import socket

BACKLOG = 2048  # connections waiting for accept; gunicorn keeps that of an inherited socket
LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - compared, not bound


class AddressRefused(Exception):
    """The address cannot be listened on. The text says why and what to do."""


def bound_socket(host: str, port: int) -> socket.socket:
    """A TCP socket bound to the address, for gunicorn to listen on. Raises `AddressRefused`."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as fault:
        raise AddressRefused(f"HOST {host!r} is no address of this machine: {fault}.") from fault
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)  # two sockets may be bound to a port, but only one may listen
    except OSError as fault:
        listener.close()
        raise AddressRefused(_reason(fault, host, port)) from fault
    return listener


def url(host: str, port: int) -> str:
    """The URL for a browser on this machine."""
    name = LOOPBACK.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{name}:{port}"


def _reason(fault: OSError, host: str, port: int) -> str:
    if fault.errno == errno.EADDRINUSE:
        return (
            f"Port {port} of {host} is taken by another program. "
            "Stop that, or choose another port: --port, or PORT in the settings."
        )
    if fault.errno == errno.EACCES:
        return f"Port {port} may be opened by root alone. Choose one above 1023: --port."
    return f"{host} port {port} cannot be listened on: {fault.strerror}. See HOST and PORT."
