"""Signing a browser in without the sign-in page, whose form the journeys fill in."""

from playwright.sync_api import Page

from tests.support.servers.running_server import ADMIN_EMAIL, ADMIN_PASSWORD, RunningServer

_cookies: dict[tuple[str, str], list[tuple[str, str]]] = {}


def sign_in(page: Page, server: RunningServer, email: str = ADMIN_EMAIL) -> None:
    """Give the page's browser context the cookies of a sign-in.

    An earlier one of the same server is used again while it lasts: an address may sign in 40 times
    in 15 minutes, and there are more tests than that.
    """
    cookies = _cookies.get((server.url, email), [])
    page.context.add_cookies(
        [{"name": name, "value": value, "url": server.url} for name, value in cookies]
    )
    if cookies and page.request.get(f"{server.url}/admin/account", max_redirects=0).ok:
        return
    page.context.clear_cookies()
    response = page.request.post(
        f"{server.url}/login", form={"email": email, "password": ADMIN_PASSWORD}, max_redirects=0
    )
    assert response.status == 303, response.text()
    _cookies[server.url, email] = [
        (cookie["name"], cookie["value"]) for cookie in page.context.cookies()
    ]
