"""The commands: what starts, what is said when it cannot, what is left behind."""

import requests
from playwright.sync_api import Page

from tests.running import RunningServer


def test_server_answers(live_server: RunningServer) -> None:
    assert requests.get(live_server.url + "/static/tokens.css", timeout=5).status_code == 200


def test_killed_workers_are_replaced(live_server: RunningServer) -> None:
    before = live_server.worker_pids()
    live_server.kill_workers()
    live_server.wait_until_answering()
    assert set(live_server.worker_pids()).isdisjoint(before)


def test_browser_opens_a_page(live_server: RunningServer, page: Page) -> None:
    answer = page.goto(live_server.url + "/static/tokens.css")
    assert answer is not None
    assert answer.ok
