"""Security headers of every answer, and the content security policy under which the pages work."""

from collections.abc import Iterable

from flask import Response

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
TRANSPORT = ("Strict-Transport-Security", "max-age=31536000")


def policy(script_hashes: Iterable[str]) -> str:
    """The content security policy; inline scripts run only when their hash is listed."""
    scripts = " ".join(["'self'", *(f"'{text.strip(chr(39))}'" for text in script_hashes)])
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; connect-src 'self'; font-src 'self' data:; "
        "worker-src 'self' blob:; frame-ancestors 'none'; object-src 'none'; base-uri 'none'; "
        "form-action 'self'"
    )


def of_data(*, is_https: bool) -> list[tuple[str, str]]:
    """The headers of an answer no browser shows: what keeps it from being taken for a page."""
    headers = [
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
        ("Cache-Control", "no-store"),
    ]
    return [*headers, TRANSPORT] if is_https else headers


def secure(
    response: Response, content_policy: str, *, is_private: bool, is_https: bool
) -> Response:
    """Add the headers; what a route has set itself stays."""
    for name, value in FIXED.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", content_policy)
    if is_private:
        response.headers.setdefault("Cache-Control", "no-store")
    if is_https:
        response.headers.setdefault(*TRANSPORT)
    return response
