"""Security headers: on every answer of the product, and never weaker than the route's own."""

import re

from flask import Flask, Response

from ingest.access import headers
from settings import Settings
from wsgi import create_app

PUBLIC = ("/static/", "/admin/_dash-comp")  # files without secrets


def header_of(response: Response, name: str) -> str | None:
    return response.headers.get(name)


def secured(response: Response, *, is_private: bool = True, is_https: bool = False) -> Response:
    return headers.secure(response, "default-src 'self'", is_private=is_private, is_https=is_https)


def test_every_response_of_every_route_is_guarded(app: Flask) -> None:
    client = app.test_client()
    paths = {
        re.sub(r"<[^>]+>", "1", rule.rule)
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.rule.startswith("/ws")
    }
    assert len(paths) > 30
    for path in paths:
        guarded = client.get(path).headers
        assert guarded["X-Content-Type-Options"] == "nosniff", path
        assert "frame-ancestors 'none'" in guarded["Content-Security-Policy"], path
        assert guarded["X-Frame-Options"] == "DENY", path
        assert "Cache-Control" in guarded or path.startswith(PUBLIC), path


def test_refusals_are_guarded_too(app: Flask) -> None:
    client = app.test_client()
    for method, path, status in (
        ("GET", "/nowhere", 401), ("PUT", "/login", 401), ("POST", "/api/ws/client-metrics", 415),
    ):  # fmt: skip
        response = client.open(path, method=method)
        assert response.status_code == status
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]


def test_scripts_run_by_their_hash_alone() -> None:
    policy = headers.policy(["sha256-abc=", "'sha256-def='"])
    assert "script-src 'self' 'sha256-abc=' 'sha256-def=';" in policy
    assert "script-src 'self';" in headers.policy(())
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert "unsafe" not in scripts


def test_what_a_route_has_set_itself_stays() -> None:
    response = Response("x", headers={"Cache-Control": "public, max-age=60",
                                      "Cross-Origin-Resource-Policy": "cross-origin"})  # fmt: skip
    secured(response)
    assert header_of(response, "Cache-Control") == "public, max-age=60"
    assert header_of(response, "Cross-Origin-Resource-Policy") == "cross-origin"
    assert header_of(response, "X-Frame-Options") == "DENY"


def test_public_files_may_be_cached() -> None:
    assert header_of(secured(Response("x"), is_private=False), "Cache-Control") is None
    assert header_of(secured(Response("x")), "Cache-Control") == "no-store"


def test_strict_transport_is_announced_over_tls_alone() -> None:
    name = "Strict-Transport-Security"
    assert header_of(secured(Response("x")), name) is None
    assert header_of(secured(Response("x"), is_https=True), name) == "max-age=31536000"
    assert name in dict(headers.api_headers(is_https=True))
    assert name not in dict(headers.api_headers(is_https=False))


def test_a_response_of_the_api_is_never_a_page() -> None:
    guarded = dict(headers.api_headers(is_https=False))
    assert guarded["Content-Security-Policy"].startswith("default-src 'none'")
    assert guarded["Cache-Control"] == "no-store"


def test_behind_tls_even_a_redirect_announces_it(settings: Settings, app: Flask) -> None:
    public = Settings(
        data_dir=settings.data_dir, database_url=settings.database_url, web_workers=1,
        public_url="https://metrics.example.com",
    )  # fmt: skip
    redirected = create_app(public).test_client().get("/")
    assert redirected.status_code == 302
    assert redirected.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in app.test_client().get("/").headers
