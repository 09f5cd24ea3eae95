"""Names of endpoints: ids taken out of the path, words left in."""

from playwright.sync_api import Browser

from tests.support.sdk.modules import evaluate

NAMES = {
    "/": "/",
    "/chat": "/chat",
    "/socket.io/": "/socket.io/",
    "/api/v2/live": "/api/v2/live",
    "/hub/facade/deadbeef": "/hub/facade/deadbeef",
    "/rooms/4711/feed": "/rooms/:id/feed",
    "/rooms/room-4711": "/rooms/room-:id",
    "/rooms/utf-8": "/rooms/utf-8",
    "/u/123e4567-e89b-12d3-a456-426614174000": "/u/:id",
    "/o/507f1f77bcf86cd799439011/events": "/o/:id/events",
    "/t/01ARZ3NDEKTSV4RRFFQ69G5FAV": "/t/:id",
    "/echo/761/kio21f0y/websocket": "/echo/:id/:id/websocket",
    "/echo/000/abcdefgh/websocket": "/echo/:id/:id/websocket",
    "/a/deadbeef01": "/a/:id",
    "/notifications-and-presence-updates": "/notifications-and-presence-updates",
}


def test_ids_are_taken_out_of_paths(chromium: Browser) -> None:
    script = "return argument.map(endpointName)"
    assert evaluate(chromium, ["core/endpoint_name"], script, list(NAMES)) == [*NAMES.values()]
