"""Signing a browser in without the sign-in page, whose form the journeys fill in."""

from playwright.sync_api import Page

from tests.support.servers.running_server import ADMIN_EMAIL, ADMIN_PASSWORD, RunningServer


def sign_in(page: Page, server: RunningServer, email: str = ADMIN_EMAIL) -> None:
    """Post the form of `/login`; the page's browser context gets the cookie."""
    response = page.request.post(
        f"{server.url}/login", form={"email": email, "password": ADMIN_PASSWORD}, max_redirects=0
    )
    assert response.status == 303, response.text()
