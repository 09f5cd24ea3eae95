"""The journeys: what happens to a page's connection, step by step."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from .link import Link
from .site import Records, Site
from .tabs.tab import Tab

WAIT_SECONDS = 30
RETURN_SECONDS = 6  # longest time a library takes to come back, of those that do
AWAY_SECONDS = 8
ASKS = 3


@dataclass
class Stage:
    """One journey under way."""

    name: str
    site: Site
    link: Link
    records: Records
    tab: Tab = field(init=False)
    round_trips_ms: list[float] = field(default_factory=list)
    query: str = ""

    async def begin(self) -> None:
        """Open the page and talk."""
        await self.tab.navigate(f"{self.site.url}/journey/{self.name}{self.query}")
        await self.talk()

    async def talk(self) -> None:
        """Ask a few times, once the client is ready."""
        await self.until(self._is_ready)
        self.round_trips_ms += await self.tab.evaluate(f"client.ask({ASKS})")

    async def returned(self, since: float, seconds: float = RETURN_SECONDS) -> bool:
        """Whether a socket opens after `since` within that time; then talks again."""

        async def has_opened() -> bool:
            return self.records.last("open") > since

        try:
            await self.until(has_opened, seconds)
        except TimeoutError:
            return False
        await self.talk()
        return True

    async def until(
        self, condition: Callable[[], Awaitable[bool]], seconds: float = WAIT_SECONDS
    ) -> None:
        """Wait for a condition. Raises `TimeoutError`."""
        deadline = time.monotonic() + seconds
        while not await condition():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.name}: {condition.__name__}")
            await asyncio.sleep(0.05)

    async def _is_ready(self) -> bool:
        ready = "globalThis.client && Boolean(client.ready())"
        try:
            return bool(await self.tab.evaluate(ready))
        except RuntimeError:  # between two pages
            return False


Scenario = Callable[[Stage], Awaitable[None]]


def now_ms() -> float:
    """Epoch milliseconds, the clock of the recorder."""
    return time.time() * 1000


async def reset(stage: Stage) -> None:
    """The connection is reset."""
    await stage.begin()
    since = now_ms()
    stage.link.reset()
    await stage.returned(since)


async def stall(stage: Stage) -> None:
    """Packets of the connection vanish; new connections pass."""
    await stage.begin()
    since = now_ms()
    stage.link.stall()
    stage.link.stalls[-1][1] = float("inf")
    await stage.returned(since, WAIT_SECONDS)
    stage.link.pass_again()


def closed(code: int) -> Scenario:
    """The server closes with a code."""

    async def scenario(stage: Stage) -> None:
        await stage.begin()
        since = now_ms()
        stage.link.close(code)
        await stage.returned(since)

    return scenario


async def away(stage: Stage) -> None:
    """The server is away for a while."""
    await stage.begin()
    await stage.link.refuse()
    await asyncio.sleep(AWAY_SECONDS)
    since = now_ms()
    await stage.link.accept()
    await stage.returned(since, WAIT_SECONDS)


async def offline(stage: Stage) -> None:
    """Packets of all connections vanish for a while, the old ones for good."""
    await stage.begin()
    since = now_ms()
    stage.link.stall(swallows=True)
    await asyncio.sleep(AWAY_SECONDS)
    stage.link.pass_again()
    await stage.returned(since, WAIT_SECONDS)


async def clean_end(stage: Stage) -> None:
    """The page ends its client."""
    await stage.begin()
    await stage.tab.evaluate("void client.end()")
    await asyncio.sleep(1.5)


async def idle(stage: Stage) -> None:
    """A client that closes its idle socket opens another when it has something to ask."""
    stage.query = "?lazy"
    await stage.begin()
    await asyncio.sleep(2)
    await stage.talk()


async def navigation(stage: Stage) -> None:
    """The page is left for another."""
    await stage.begin()
    await stage.tab.navigate(f"{stage.site.url}/elsewhere")
    await asyncio.sleep(0.5)


async def reload(stage: Stage) -> None:
    """The page is loaded anew."""
    await stage.begin()
    since = now_ms()
    await stage.tab.reload()
    await stage.returned(since)


async def back(stage: Stage) -> None:
    """The page is left, and returned to with the Back button."""
    await stage.begin()
    await stage.tab.navigate(f"{stage.site.url}/elsewhere")
    await asyncio.sleep(2)
    await stage.tab.back()
    await asyncio.sleep(1)
    await stage.talk()
    await asyncio.sleep(1)
    await stage.talk()


async def tab_closed(stage: Stage) -> None:
    """The tab is closed."""
    await stage.begin()


async def hidden(stage: Stage) -> None:
    """The connection is reset while another tab covers the page."""
    await stage.begin()
    await stage.tab.hide(True)
    since = now_ms()
    stage.link.reset()
    await asyncio.sleep(3)
    await stage.tab.hide(False)
    await stage.returned(since)


CODES = (1000, 1001, 1005, 1011, 1012, 3000, 4200)
SCENARIOS: dict[str, Scenario] = {
    "reset": reset,
    "stall": stall,
    **{f"server closes {code}": closed(code) for code in CODES},
    "server away": away,
    "offline": offline,
    "clean end": clean_end,
    "idle": idle,
    "navigation": navigation,
    "reload": reload,
    "back": back,
    "tab closed": tab_closed,
    "hidden": hidden,
}
LIBRARIES = (
    *("plain", "reconnecting", "partysocket", "socketio", "graphql", "mqtt", "sockjs", "signalr"),
    *("phoenix", "actioncable", "centrifuge", "stomp", "pusher"),
)
SERVER_OF = {"reconnecting": "plain", "partysocket": "plain"}
NOTICES_SILENCE = frozenset(LIBRARIES) - {"plain", "reconnecting", "partysocket", "sockjs"}

# Whose questions carry an id that the answer repeats.
HAS_IDS = frozenset({"socketio", "graphql", "mqtt", "signalr", "phoenix", "centrifuge", "stomp"})


def happens(library: str, scenario: str) -> bool:
    """Whether a scenario says something about a library."""
    if scenario in ("stall", "offline"):
        return library in NOTICES_SILENCE
    return scenario != "idle" or library == "graphql"
