"""The first day of a React page that Vite built, and of a page with Socket.IO.

Each is of another origin and talks to a server of its own: it is refused, allowed with one click,
then its first socket is listed, and its first chart drawn.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from settings import CHECKOUT
from tests.support.matrix import programs, recipes, vite
from tests.support.proxies.programs import HOST, running_proxy
from tests.support.proxies.trusting_browser import browser_behind, portal
from tests.support.servers.running_server import (
    ADMIN_EMAIL,
    ADMIN_PASSWORD,
    SupervisedInstallation,
    open_folder,
)

ADDRESS = f"https://{HOST}"
PATIENCE_MS = 120_000
RECIPES = recipes.recipes((CHECKOUT / "docs" / "browser-monitor.md").read_text())
pytestmark = [pytest.mark.deep, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def setup_page(playwright: Playwright) -> Iterator[Page]:
    """The set-up page of a whole installation behind nginx, with an admin signed in."""
    with open_folder() as folder:
        installation = SupervisedInstallation(
            folder / "data", ADMIN_PASSWORD=ADMIN_PASSWORD, PUBLIC_URL=ADDRESS,
            TRUSTED_PROXY_HOPS="1",
        )  # fmt: skip
        with (
            installation.up(),
            running_proxy("nginx", folder, installation.port) as proxy,
            browser_behind(playwright, proxy) as browser,
        ):
            page = browser.new_page()
            page.set_default_timeout(PATIENCE_MS)
            page.goto(f"{ADDRESS}/admin/setup")
            page.fill("#email", ADMIN_EMAIL)
            page.fill("#password", ADMIN_PASSWORD)
            page.click("button[type=submit]")
            yield page


@pytest.fixture(scope="module")
def ports() -> Iterator[Mapping[str, int]]:
    with programs.running_servers() as ports:
        yield ports


def lines_of(page: Page, kind: str, app: str) -> str:
    """The lines that the page gives for a kind of page."""
    page.locator(".setup-kinds").get_by_text(kind, exact=True).click()
    page.fill("#setup-app", app)
    code = page.locator(".setup .snippet code").first
    expect(code).to_contain_text(f'data-app="{app}"', timeout=PATIENCE_MS)
    return code.inner_text()


@contextmanager
def visited(page: Page, address: str) -> Iterator[Page]:
    assert page.context.browser is not None
    visitor = page.context.browser.new_page()
    visitor.goto(address)
    yield visitor
    visitor.close()


def from_refused_to_the_first_chart(page: Page, folder: Path, app: str) -> str:
    """What the list of callers says of the page in a folder once it was allowed."""
    with portal(folder) as address, visited(page, address) as visitor:
        refused = page.locator("#setup-refused tr", has_text=address)
        refused.locator("button", has_text="Allow").click()
        message = page.locator("#setup-notice .banner")
        expect(message).to_contain_text(f"{address} may send reports", timeout=PATIENCE_MS)
        page.wait_for_timeout(6_000)  # workers follow within seconds
        visitor.reload()
        row = page.locator("#setup-accepted tr", has_text=app)
        expect(row.locator("[data-unit=sockets]")).to_have_text("1", timeout=PATIENCE_MS)
        assert address in row.inner_text()
        chart = page.locator("[data-panel=setup-first].is-ready")
        expect(chart).to_contain_text("n = ", timeout=PATIENCE_MS)
        return row.inner_text()


def test_a_react_page_that_vite_built(
    setup_page: Page, ports: Mapping[str, int], tmp_path: Path
) -> None:
    snippet = lines_of(setup_page, "React", "shop")
    code = RECIPES["react"].code.replace(recipes.APP_SOCKETS, f"ws://127.0.0.1:{ports['plain']}")
    folder = vite.built(tmp_path, snippet, code)
    assert "may be blind" not in from_refused_to_the_first_chart(setup_page, folder, "shop")


def test_a_page_with_socket_io(setup_page: Page, ports: Mapping[str, int], tmp_path: Path) -> None:
    snippet = lines_of(setup_page, "Socket.IO", "desk")
    recipe = RECIPES["socket.io"]
    address = f"http://127.0.0.1:{ports['socketio']}"
    code = recipe.code.replace(recipes.APP, address)
    recipes.bundled([recipes.Recipe(recipe.name, recipe.language, code)], tmp_path)
    script = f'<script src="/{recipe.slug}.js"></script>'
    page_text = f"<!doctype html><title>desk</title>{snippet}{script}"
    (tmp_path / "index.html").write_text(page_text)
    text = from_refused_to_the_first_chart(setup_page, tmp_path, "desk")
    assert "yes, 2 (socket.io)" in text  # its CONNECT, and the acknowledgement
    assert "may be blind" not in text
