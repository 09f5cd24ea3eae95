"""A page that reads frames with the browser monitor's protocol readers."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, Route

from ingest.site import sdk
from tests.support.servers.chromium import watched_page

SITE = "http://127.0.0.1/"
Frame = str | bytes
SENT, RECEIVED = ">", "<"
# Feeds frames as the monitor does: at most 4,096 characters or bytes and the length of all.
# Events are told in words; an id by the index of the frame that brought it.
HARNESS = """
    import { recognise } from '/protocols/recognise.js'

    const frameOf = (text, isBinary) =>
      isBinary ? Uint8Array.from(text, letter => letter.charCodeAt(0)) : text

    const listener = (asks, index, says) => {
      const ask = name => (id, isOptional) => {
        if (id === undefined) return
        asks.set(id, index)
        says.push(name + (isOptional ? ' optional' : ''))
      }
      const answers = (id, isFailed) => {
        if (id === undefined) return
        says.push(`answers ${asks.get(id) ?? 'nothing'}${isFailed ? ' failed' : ''}`)
      }
      return {
        asksStack: ask('latency'),
        asksApplication: ask('reply'),
        asksBeat: ask('heartbeat'),
        answers,
        fails: id => { answers(id); says.push('failed') },
        forgets: id => says.push(`forgets ${asks.get(id)}`),
        promises: every => every > 0 && says.push(`alive every ${every}`)
      }
    }

    window.dialogue = ({ socket, frames }) => {
      const asks = new Map()
      let reader, state
      const says = frames.map(([arrow, text, isBinary], index) => {
        const frame = frameOf(text, isBinary)
        const isSent = arrow === '>'
        const cut = frame.slice(0, 4096)
        if (!reader) {
          reader = recognise(socket, cut, isSent)
          state = reader?.begin?.(socket)
        }
        const events = []
        reader?.read(cut, isSent, listener(asks, index, events), state, frame.length)
        return events.join(', ')
      })
      return { protocol: reader ? reader.nameOf?.(state) ?? reader.name : null, says }
    }
    Object.assign(window, { recognise, frameOf })
"""


class ProtocolPage:
    """`dialogue` tells what the readers made of the frames of one socket."""

    def __init__(self, page: Page) -> None:
        self._page = page
        page.route("**/*", _serve)
        page.goto(SITE)
        page.wait_for_function("() => window.dialogue")

    def evaluate(self, script: str, argument: Any = None) -> Any:
        """The value of a script that may use `recognise`, `frameOf` and `dialogue`."""
        return self._page.evaluate(script, argument)

    def dialogue(
        self, path: str, *exchange: tuple[str, Frame, str], subprotocol: str = ""
    ) -> tuple[str | None, list[str]]:
        """The protocol and what each frame says; `exchange` has direction, frame, expectation."""
        frames = [(arrow, *as_json(frame)) for arrow, frame, _ in exchange]
        socket = {"path": path, "subprotocol": subprotocol}
        outcome: Mapping[str, Any] = self.evaluate(
            "argument => dialogue(argument)", {"socket": socket, "frames": frames}
        )
        return outcome["protocol"], outcome["says"]

    def assert_says(
        self,
        protocol: str | None,
        path: str,
        *exchange: tuple[str, Frame, str],
        subprotocol: str = "",
    ) -> None:
        """Fail unless the socket is read as `protocol` and every frame says what is expected."""
        read_as, says = self.dialogue(path, *exchange, subprotocol=subprotocol)
        different = [
            f"{index}: {frame!r:.80} says {event!r}, not {expected!r}"
            for index, ((_, frame, expected), event) in enumerate(zip(exchange, says, strict=True))
            if event != expected
        ]
        assert not different, "\n".join(different)
        assert read_as == protocol, f"read as {read_as}"


@contextmanager
def protocol_page(browser: Browser) -> Iterator[ProtocolPage]:
    """A page with the readers; fails on console errors."""
    with watched_page(browser) as (page, watch):
        yield ProtocolPage(page)
        watch.assert_clean()


def as_json(frame: Frame) -> tuple[str, bool]:
    """The text of a frame, its bytes as Latin-1, and whether it is binary."""
    return (frame, False) if isinstance(frame, str) else (frame.decode("latin-1"), True)


def _serve(route: Route) -> None:
    path = route.request.url.removeprefix(SITE)
    if path:
        source = (sdk.FOLDER / path).read_text(encoding="utf-8")
        route.fulfill(content_type="text/javascript; charset=utf-8", body=source)
        return
    body = f"<!doctype html><title>Page</title><script type=module>{HARNESS}</script>"
    route.fulfill(content_type="text/html", body=body)
