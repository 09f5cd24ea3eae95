#!/usr/bin/env bash
# Quart: a WebSocket handler that raises closes with 1000, a normal end
#
# Believed: when a handler raises, its server ends the connection with 1011 (internal error), or at
#   least without a close frame (1006), so that clients and monitors see a fault.
# True: it depends on the framework above the same server. On uvicorn a raising handler is read by
#   the client as 1006 in plain ASGI, Starlette and FastAPI, as 4500 in Litestar, a code of its own,
#   and as 1000 in Quart: "the purpose for which the connection was established has been fulfilled".
#   A client that reconnects after abnormal ends alone does not come back, and whoever counts closes
#   beneath Quart counts a normal one: the fault stands in the log alone.
# Seen with Quart 0.22.0, Litestar 2.25.0, FastAPI 0.165.0, uvicorn 0.54.0, websockets 17.4,
#   Python 3.11, on 2026-11-28.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet quart==0.22.0 litestar==2.25.0 fastapi==0.165.0 uvicorn==0.54.0 \
    websockets==17.4

cat > apps.py <<'PY'
from fastapi import FastAPI
from fastapi import WebSocket as FastAPISocket
from litestar import Litestar, WebSocket
from litestar import websocket as litestar_socket
from quart import Quart
from quart import websocket as quart_socket


async def plain(scope, receive, send):
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await receive()
        raise RuntimeError("a fault")


fastapi = FastAPI()


@fastapi.websocket("/")
async def fastapi_handler(socket: FastAPISocket):
    await socket.accept()
    await socket.receive_text()
    raise RuntimeError("a fault")


@litestar_socket("/")
async def litestar_handler(socket: WebSocket) -> None:
    await socket.accept()
    await socket.receive_text()
    raise RuntimeError("a fault")


litestar = Litestar([litestar_handler])
quart = Quart(__name__)


@quart.websocket("/")
async def quart_handler():
    await quart_socket.receive()
    raise RuntimeError("a fault")
PY

cat > run.py <<'PY'
import asyncio, socket, subprocess, sys, time
from websockets.asyncio.client import connect


async def code(port):
    async with connect(f"ws://127.0.0.1:{port}/") as client:
        await client.send("x")
        await client.wait_closed()
        return client.close_code


for name in ("plain", "fastapi", "litestar", "quart"):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", f"apps:{name}", "--port", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            time.sleep(0.1)
    print(name, asyncio.run(code(port)), flush=True)
    server.kill()
    server.wait()
PY

venv/bin/python run.py | tee output
diff output - <<'TEXT'
plain 1006
fastapi 1006
litestar 4500
quart 1000
TEXT
echo "As described."
