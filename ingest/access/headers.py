"""Security headers of every response, and the content security policy of the pages."""

from collections.abc import Iterable

from flask import Response

PAGE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HSTS = ("Strict-Transport-Security", "max-age=31536000")


def policy(script_hashes: Iterable[str]) -> str:
    """The content security policy; inline scripts run only when their hash is listed."""
    scripts = " ".join(["'self'", *(f"'{text.strip(chr(39))}'" for text in script_hashes)])
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; connect-src 'self'; font-src 'self' data:; "
        "worker-src 'self' blob:; frame-ancestors 'none'; object-src 'none'; base-uri 'none'; "
        "form-action 'self'"
    )


def api_headers(*, is_https: bool) -> list[tuple[str, str]]:
    """Headers of a response that is no page, so that no browser renders it as one."""
    headers = [
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
        ("Cache-Control", "no-store"),
    ]
    return [*headers, HSTS] if is_https else headers


def secure(
    response: Response, content_policy: str, *, is_private: bool, is_https: bool
) -> Response:
    """Add the headers; those that the route has set itself win."""
    for name, value in PAGE_HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", content_policy)
    if is_private:
        response.headers.setdefault("Cache-Control", "no-store")
    if is_https:
        response.headers.setdefault(*HSTS)
    return response
