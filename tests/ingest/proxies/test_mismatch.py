"""Another origin than ours: the page, the socket and the demo say which, why, and what to set."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from ingest.proxies import origin_rule
from ingest.proxies.mismatch import LONGEST, Cause, OtherOrigin, mismatch_of
from models.database.engine import Database
from settings import Settings
from wsgi import create_app

ENVIRON = {"wsgi.url_scheme": "http", "HTTP_HOST": "127.0.0.1:8050"}
OPENED = "https://metrics.example.com"
HOSTILE = "https://<script>alert(1)</script>"


@pytest.mark.parametrize(
    ("more", "hops", "cause", "cure"),
    [
        ({}, 0, Cause.OTHER_ADDRESS, f"PUBLIC_URL={OPENED} TRUSTED_PROXY_HOPS=1"),
        (
            {"HTTP_X_FORWARDED_FOR": "x"},
            0,
            Cause.UNTRUSTED_PROXY,
            f"PUBLIC_URL={OPENED} TRUSTED_PROXY_HOPS=1",
        ),
        ({}, 1, Cause.SILENT_PROXY, f"PUBLIC_URL={OPENED}"),
        ({"HTTP_VIA": "1.1 x"}, 1, Cause.OTHER_ADDRESS, f"PUBLIC_URL={OPENED}"),
        ({"HTTP_ORIGIN": "null"}, 0, Cause.NO_WEB_ORIGIN, ""),
    ],
)
def test_the_cause_says_what_to_set(
    more: dict[str, str], hops: int, cause: Cause, cure: str
) -> None:
    environ = ENVIRON | {"HTTP_ORIGIN": OPENED} | more
    mismatch = mismatch_of(environ, Settings(trusted_proxy_hops=hops))
    assert (mismatch.cause, mismatch.cure) == (cause, cure)
    assert mismatch.own == mismatch.arrived == "http://127.0.0.1:8050"


def test_what_arrived_is_bounded_and_printable() -> None:
    environ = ENVIRON | {"HTTP_HOST": "h\n\x1b" * 5000, "HTTP_ORIGIN": "https://" + "o" * 9000}
    mismatch = mismatch_of(environ, Settings())
    for text in (mismatch.origin, mismatch.arrived, mismatch.own):
        assert len(text) <= LONGEST
        assert text.isprintable()


def test_the_rule_names_origin_setting_and_cure() -> None:
    rule = origin_rule.for_sockets(Settings(public_url="https://a.example/monitor"))
    rule.check(ENVIRON)
    rule.check(ENVIRON | {"HTTP_ORIGIN": "https://A.example"})
    with pytest.raises(OtherOrigin) as refused:
        rule.check(ENVIRON | {"HTTP_ORIGIN": OPENED})
    body = refused.value.body()
    assert body["type"] == "urn:websocket-analytics:other-origin"
    assert body["cause"] == Cause.OTHER_ADDRESS
    assert (body["origin"], body["own_origin"]) == (OPENED, "https://a.example")
    assert body["settings"]["PUBLIC_URL"] == f"{OPENED}/monitor"
    assert "WEBSOCKET_ALLOWED_ORIGINS" in body["detail"]


def test_an_origin_that_an_admin_allowed_is_let_in() -> None:
    rule = origin_rule.for_reports(Settings(), lambda: frozenset({"https://a.example:443"}))
    rule.check(ENVIRON | {"HTTP_ORIGIN": "https://a.example"})
    with pytest.raises(OtherOrigin):
        rule.check(ENVIRON | {"HTTP_ORIGIN": "https://b.example"})


def sign_in(client: FlaskClient, **headers: str) -> str:
    response = client.post(
        "/login",
        data={"email": "a@example.com", "password": "x"},
        headers={name.replace("_", "-"): text for name, text in headers.items()},
    )
    assert response.status_code == 403
    assert response.mimetype == "text/html"
    return response.text


def test_signing_in_behind_an_unknown_proxy_shows_what_to_set(client: FlaskClient) -> None:
    page = sign_in(client, Origin=OPENED, X_Forwarded_For="203.0.113.9", X_Forwarded_Proto="https")
    for text in (
        OPENED,
        "http://localhost",
        "PUBLIC_URL=",
        "TRUSTED_PROXY_HOPS=1",
        "none is trusted",
    ):
        assert text in page


def test_hostile_origins_and_hosts_come_back_as_text(client: FlaskClient) -> None:
    page = sign_in(client, Origin=HOSTILE, Host="<script>alert(1)</script>")
    assert "<script>alert" not in page


def test_the_demo_page_says_the_same(settings: Settings, database: Database) -> None:
    app = create_app(replace(settings, public_url=OPENED, websocket_allowed_origins=("*",)))
    page = app.test_client().get("/demo").text
    assert f'data-own="{OPENED}" data-allowed="*"' in page
    assert "under another address" in page
