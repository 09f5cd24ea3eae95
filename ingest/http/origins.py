"""Which pages may talk to us: the `Origin` of a request against the allowed ones (RFC 6454)."""

from collections.abc import Sequence
from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}


def allows(origin: str | None, allowed: Sequence[str], own: str) -> bool:
    """Whether a request with this `Origin` header may come in.

    No header: not a browser, allowed. `null` (a file, a sandboxed frame): refused. `allowed` empty
    means our own origin only; `*` means every page.
    """
    if origin is None:
        return True
    given = normal(origin)
    if given is None:
        return False
    return "*" in allowed or given in {normal(text) for text in (allowed or (own,))}


def normal(origin: str) -> str | None:
    """`https://host:port`, lower case and with its port; `None` for what is no web origin."""
    try:
        parts = urlsplit(origin.strip().lower())
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or parts.path or parts.query:
        return None
    return f"{parts.scheme}://{parts.hostname}:{port or DEFAULT_PORTS[parts.scheme]}"


def own_origin(public_url: str | None, scheme: str, host: str) -> str:
    """Our own origin: that of `PUBLIC_URL`, else scheme and `Host` of the request."""
    return public_url or f"{scheme}://{host}"
