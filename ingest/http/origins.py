"""Checks the `Origin` of a request against the allowed origins (RFC 6454)."""

from collections.abc import Sequence
from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}


def allows(origin: str | None, allowed: Sequence[str], own: str) -> bool:
    """Whether a request with this `Origin` header is allowed.

    No header: not a browser, allowed. `null` (a file, a sandboxed frame): refused. Empty `allowed`
    means `own` only; `*` means every web origin.
    """
    if origin is None:
        return True
    candidate = normalized(origin)
    if candidate is None:
        return False
    return "*" in allowed or candidate in {normalized(text) for text in (allowed or (own,))}


def normalized(origin: str) -> str | None:
    """`https://host:port`, lower case and with its port; `None` for anything but a web origin."""
    try:
        parts = urlsplit(origin.strip().lower())
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or parts.path or parts.query:
        return None
    return f"{parts.scheme}://{parts.hostname}:{port or DEFAULT_PORTS[parts.scheme]}"


def own_origin(public_origin: str | None, scheme: str, host: str) -> str:
    """Our own origin: that of `PUBLIC_URL`, else scheme and `Host` of the request."""
    return public_origin or f"{scheme}://{host}"
