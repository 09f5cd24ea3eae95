"""An echo with python-socketio, spoken to as Engine.IO over WebSocket alone."""

import os

import socketio
from wsmon_agent import rooms
from wsmon_agent.asgi import Monitor

server = socketio.AsyncServer(async_mode="asgi")


@server.event
async def connect(sid, environ):
    await server.enter_room(sid, "lobby")


@server.on("echo")
async def echo(sid, data):
    await server.emit("echo", data, to=sid)


app = socketio.ASGIApp(server)
app = Monitor(
    app,
    os.environ["SINK"],
    token="t",
    service="socketio",
    interval_seconds=1,
    rooms=rooms.of_socketio(server),
)
