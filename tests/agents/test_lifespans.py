"""Applications of ASGI without a lifespan: the last figures leave all the same."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from assets.agents.python.wsmon_agent.asgi import Message, Monitor, Receive, Scope, Send
from tests.support.agents import running
from tests.support.agents.recipes import UVICORN, Recipe
from tests.support.agents.sink import Sink
from tests.support.agents.wire import WireClient
from tests.support.threads import in_thread


async def stop_while_open(port: int, process: subprocess.Popen[bytes]) -> int:
    client = await WireClient.connect(port)
    process.send_signal(signal.SIGTERM)
    return await client.closed()


@pytest.mark.parametrize("lifespan", ["auto", "on"])
@pytest.mark.parametrize("without", ["raises", "returns"])
def test_the_last_figures_leave(
    lifespan: str, without: str, agent: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WITHOUT_LIFESPAN", without)
    recipe = Recipe("uvicorn", "asgi_app", (*UVICORN, "--lifespan", lifespan), 1012)
    sink = Sink()
    with running.serving(recipe, Path(sys.executable), agent, sink.url) as (port, process):
        assert in_thread(asyncio.run, stop_while_open(port, process)) == recipe.stop
        process.wait(running.STOP_SECONDS)
    sink.close()
    assert sink.by_label("connections", "closed") == {"1012/server": 1}


async def raises(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise ValueError("no lifespan")


async def returns(_scope: Scope, _receive: Receive, _send: Send) -> None:
    return


async def returns_when_started(_scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})


async def never_replies(_scope: Scope, receive: Receive, _send: Send) -> None:
    await receive()


@pytest.mark.parametrize("app", [raises, returns, returns_when_started, never_replies])
def test_every_event_of_the_server_is_answered_once(
    app: Callable[[Scope, Receive, Send], Awaitable[None]],
) -> None:
    sink, replies = Sink(), list[str]()
    events = iter(("lifespan.startup", "lifespan.shutdown"))

    async def receive() -> Message:
        return {"type": next(events)}

    async def send(message: Message) -> None:
        replies.append(message["type"])
        if message["type"] == "lifespan.startup.complete":
            measured.agent.open()

    measured = Monitor(app, sink.url, token="t", service="chat", interval_seconds=600)
    in_thread(asyncio.run, measured({"type": "lifespan"}, receive, send))
    sink.close()
    assert replies == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert sink.by_label("connections", "closed") == {"1006/server": 1}
