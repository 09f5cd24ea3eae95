"""An echo with Django Channels."""

import os

import django
from django.conf import settings
from django.urls import path
from wsmon_agent import rooms
from wsmon_agent.asgi import Monitor

settings.configure(
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=["channels"],
    CHANNEL_LAYERS={"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}},
)
django.setup()

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from channels.routing import ProtocolTypeRouter, URLRouter


class Echo(AsyncWebsocketConsumer):
    groups = ("lobby",)

    async def receive(self, text_data=None, bytes_data=None):
        if text_data == "raise":
            raise RuntimeError("as asked")
        if text_data == "close":
            await self.close(4321)
        else:
            await self.send(text_data=text_data, bytes_data=bytes_data)


app = ProtocolTypeRouter({"websocket": URLRouter([path("", Echo.as_asgi())])})
app = Monitor(
    app,
    os.environ["SINK"],
    token="t",
    service="channels",
    interval_seconds=1,
    rooms=rooms.of_channels(get_channel_layer()),
)
