"""The page's world stays as it was: random actions on plain and on watched sockets compared."""

import random
from typing import Any

from playwright.sync_api import Page

from ingest.site import sdk
from tests.support.sdk.modules import source
from tests.support.servers.chromium import Watch
from tests.support.servers.socket_server import SocketServer


def journey(seed: int) -> list[Any]:
    """Random actions on one socket."""
    dice = random.Random(seed)
    kinds, types = ["plain", "plain", "mine"], ["open", "message", "close", "error"]
    paths = ["/a", "/a", "/a", "/a?x=1", "/refuse", "ftp:bad", "ws://127.0.0.1:1/"]
    protocols: list[list[Any]] = [[], [], ["chat"], [["chat", "other"]], [["a", "a"]]]
    steps: list[Any] = [["make", [dice.choice(kinds), dice.choice(paths), dice.choice(protocols)]]]
    acts: list[Any] = [
        lambda: ["listen", dice.choice(types)], lambda: ["handle", dice.choice(types)],
        lambda: ["listen", "close"], lambda: ["throwing", dice.choice(types)],
        lambda: ["stop", dice.choice(types)] if dice.random() < 0.3 else ["read", 0],
        lambda: ["binary", dice.choice(["arraybuffer", "blob", "nonsense"])],
        lambda: ["send", dice.choice(["text", "long", "empty", "buffer", "view", "blob", "number",
                                      "nothing", "object", "symbol", "thrower", "none"])],
        lambda: ["send", "text"], lambda: ["borrowed", 0],
        lambda: ["close", dice.choice([[], [1000], [3000, "bye"], [999], [1000, "x" * 124], ["x"]])]
        if dice.random() < 0.3 else ["read", 0],
        lambda: ["order", dice.choice(["close 1012", "close 1000", "reset"])]
        if dice.random() < 0.3 else ["read", 0],
    ]  # fmt: skip
    for index in range(14):
        if index == 4 and dice.random() < 0.8:
            steps.append(["opened", 0])
        steps.append(dice.choice(acts)())
    return steps


def logs(page: Page, server: SocketServer, journeys: list[Any], prelude: str) -> list[str]:
    """What each journey looked like to a page that ran `prelude` first."""
    page.goto(server.site)
    script = f"""async ([url, journeys]) => {{ {prelude}; {source("page_actions")}
        return Promise.all(journeys.map(steps => perform(url, steps))) }}"""
    outcome: list[str] = page.evaluate(script, [server.url, journeys])
    return outcome


def test_a_page_sees_no_difference(page: Page, watch: Watch, server: SocketServer) -> None:
    journeys = [journey(seed) for seed in range(40)]
    plain = logs(page, server, journeys, "")
    install = f"""{sdk.script()}
        new WebSocketClientMonitor({{ app: 'a' }}).install({{ eventSource: true }})
        new WebSocketClientMonitor({{ app: 'b' }}).install(() => ({{ messageId: data => data }}))"""
    watched = logs(page, server, journeys, install)
    for seed, pair in enumerate(zip(plain, watched, strict=True)):
        assert pair[1] == pair[0], (seed, journeys[seed])
    watch.console_errors.clear()  # the browser logs refused sockets


def test_an_uninstalled_constructor_is_the_native(page: Page) -> None:
    assert page.evaluate(f"""() => {{
        const native = WebSocket; {sdk.script()}
        const monitor = new WebSocketClientMonitor().install()
        const isWatching = WebSocket !== native && WebSocket.prototype.constructor === WebSocket
        monitor.uninstall()
        return [isWatching, WebSocket === native, native.prototype.constructor === native]
    }}""") == [True, True, True]  # fmt: skip
