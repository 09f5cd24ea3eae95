"""The page's world stays as it was: random actions on plain and on watched sockets compared."""

import random
from typing import Any

from playwright.sync_api import Page

from ingest.site import sdk
from tests.support.servers.chromium import Watch
from tests.support.servers.socket_server import SocketServer

# Everything a page can see of a socket, written down as it happens.
PERFORM = """
    const perform = async (url, steps) => {
      const log = []
      const attempt = (name, work) => {
        try { log.push([name, String(work())]) } catch (e) { log.push([name, e.name, e.message, e instanceof Error]) }
      }
      const payloads = {
        text: 'héllo', long: 'x'.repeat(5000), empty: '', buffer: new Uint8Array([1, 2]).buffer,
        view: new Uint16Array([1, 2, 3]).subarray(1), blob: new Blob(['blob']), number: 42, nothing: null,
        object: { toString () { log.push(['toString']); return 'object' } },
        symbol: Symbol('no'), thrower: { toString () { throw new RangeError('mine') } }
      }
      class Mine extends WebSocket {
        send (...parameters) { log.push(['mine', parameters.length]); return super.send(...parameters) }
        get kind () { return 'mine' }
      }
      const note = (name, socket) => event => log.push([name, event.type, String(event.data ?? '').length,
        event.code, event.reason, event.wasClean, socket.readyState, event.target === socket, event.isTrusted])
      const readable = socket => [
        Object.keys(socket).length, Object.getOwnPropertyNames(socket).length, 'send' in socket,
        Object.hasOwn(socket, 'send'), socket.constructor === Mine || socket.constructor === WebSocket,
        WebSocket.prototype.constructor === WebSocket, socket instanceof WebSocket, socket.kind,
        socket.send.name, socket.send.length, socket.close.name, socket.close.length,
        typeof socket.send, Object.prototype.toString.call(socket), socket.extensions,
        [WebSocket, WebSocket.prototype.send, WebSocket.prototype.close]
          .every(f => Function.prototype.toString.call(f).includes('[native code]')),
        WebSocket.name, WebSocket.length, WebSocket.OPEN, Object.keys(WebSocket),
        ...['send', 'close', 'constructor'].map(name => {
          const { value, ...attributes } = Object.getOwnPropertyDescriptor(WebSocket.prototype, name)
          return attributes
        }),
        Object.keys(Object.getOwnPropertyDescriptor(window, 'WebSocket')).join(),
        (() => { const names = []; for (const name in socket) names.push(name); return names.join() })()
      ]
      let socket
      const past = async state => {
        while (socket.readyState <= state) await new Promise(resolve => setTimeout(resolve, 5))
        await new Promise(resolve => setTimeout(resolve))
      }
      const acts = {
        make: ([kind, path, protocols]) => attempt('make', () => {
          socket = new (kind === 'mine' ? Mine : WebSocket)(path.includes(':') ? path : url + path, ...protocols)
          return socket
        }),
        listen: type => socket.addEventListener(type, note('listener', socket)),
        handle: type => { socket['on' + type] = note('handler', socket) },
        stop: type => socket.addEventListener(type, event => event.stopImmediatePropagation()),
        throwing: type => socket.addEventListener(type, { handleEvent () { log.push(['object']) } }),
        binary: type => { socket.binaryType = type },
        send: name => attempt('send', () => name === 'none' ? socket.send() : socket.send(payloads[name])),
        borrowed: () => attempt('borrowed', () => WebSocket.prototype.send.call({}, 'x')),
        order: text => {
          attempt('order', () => socket.readyState === 1 ? socket.send(text) : 'not open')
          return socket.readyState === 1 ? past(2) : undefined
        },
        close: parameters => attempt('close', () => socket.close(...parameters)),
        read: () => log.push([socket.readyState, socket.bufferedAmount, socket.binaryType, socket.protocol, readable(socket)]),
        opened: () => past(0)
      }
      attempt('bare', () => WebSocket(url))
      for (const [act, value] of steps) {
        if (!socket && act !== 'make') continue
        log.push(act)
        await acts[act](value)
      }
      if (socket) await past(0)
      if (socket && socket.readyState < 3) {
        socket.readyState === 1 && socket.send('close 4000')
        await past(2)
      }
      if (socket) log.push([socket.readyState, socket.bufferedAmount])
      return JSON.stringify(log)
    }
"""


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
    script = f"""async ([url, journeys]) => {{ {prelude}; {PERFORM}
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
