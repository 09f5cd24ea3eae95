"""Who a request comes from: the proxies in front are believed as far as they are configured."""

from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from ingest.access.access import trust_proxies
from settings import Settings

FORWARDED = {
    "X-Forwarded-For": "203.0.113.9, 192.0.2.1", "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "metrics.example.com",
}  # fmt: skip


def behind(hops: int, folder: Path, public_url: str | None = None) -> FlaskClient:
    """A client of an application that answers its caller and its own address."""
    app = Flask("behind")
    app.add_url_rule("/", "who", lambda: f"{request.remote_addr} {request.host_url}")
    settings = Settings(data_dir=folder, trusted_proxy_hops=hops, public_url=public_url)
    trust_proxies(app, settings)
    return app.test_client()


@pytest.mark.parametrize(
    ("hops", "expected"),
    [
        (0, "127.0.0.1 http://localhost/"),
        (1, "192.0.2.1 https://metrics.example.com/"),
    ],
)
def test_only_configured_proxies_are_believed(hops: int, expected: str, tmp_path: Path) -> None:
    assert behind(hops, tmp_path).get("/", headers=FORWARDED).text == expected


def test_the_entry_of_the_client_itself_is_believed_behind_two_proxies(tmp_path: Path) -> None:
    response = behind(2, tmp_path).get(
        "/", headers={"X-Forwarded-For": "6.6.6.6, 1.2.3.4, 5.6.7.8"}
    )
    assert response.text.startswith("1.2.3.4 ")


def test_a_forwarded_host_is_believed_only_while_our_own_is_unset(tmp_path: Path) -> None:
    client = behind(1, tmp_path, public_url="https://metrics.example.com")
    response = client.get("/", headers=FORWARDED | {"X-Forwarded-Host": "evil.example"})
    assert response.text == "192.0.2.1 https://localhost/"
