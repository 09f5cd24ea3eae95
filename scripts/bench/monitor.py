"""CPU per message that a build of the browser monitor adds to a socket in Chromium.

`scripts/python -m scripts.bench.monitor OLD.js NEW.js`: a page sends frames through sockets that
a page of its own answers at once, without a network; plain, with the old build, with the new, in
rounds that alternate. Each protocol's frames are those of its reader. Ratios are medians.
"""

import argparse
import statistics
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from ingest.site import sdk

BROWSERS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
PLAIN = "plain"
# A question and its answer in each protocol; {id} differs in each frame.
FRAMES = {
    "unrecognised": ("/plain", "", "text {id}", "text {id}"),
    "socket.io": ("/socket.io/?EIO=4", "", '42{id}["ask","text"]', '43{id}["text"]'),
    "signalr": (
        "/hub", "", '{{"type":1,"invocationId":"{id}","target":"Echo","arguments":["text"]}}\x1e',
        '{{"type":3,"invocationId":"{id}","result":"text"}}\x1e',
    ),
    "phoenix": (
        "/socket/websocket", "", '["1","{id}","room:lobby","ask",{{"text":"text"}}]',
        '["1","{id}","room:lobby","phx_reply",{{"status":"ok","response":{{}}}}]',
    ),
    "graphql-ws": (
        "/graphql", "graphql-transport-ws",
        '{{"id":"{id}","type":"subscribe","payload":{{"query":"{{ echo }}"}}}}',
        '{{"id":"{id}","type":"complete"}}',
    ),
    "centrifuge": ("/connection", "", '{{"id":{id},"rpc":{{"method":"echo"}}}}',
                   '{{"id":{id},"rpc":{{"data":1}}}}'),
    "stomp": ("/stomp", "v12.stomp", "SEND\ndestination:/echo\nreceipt:{id}\n\ntext\0",
              "RECEIPT\nreceipt-id:{id}\n\n\0"),
    "json-rpc": ("/rpc", "", '{{"jsonrpc":"2.0","id":{id},"method":"echo"}}',
                 '{{"jsonrpc":"2.0","id":{id},"result":1}}'),
    "pusher": ("/app/key", "", '{{"event":"pusher:ping","data":"{id}"}}',
               '{{"event":"pusher:pong","data":"{id}"}}'),
}  # fmt: skip
# A socket of the page's own: events without a network, so that only the monitor costs.
SOCKET = """
window.WebSocket = class WebSocket extends EventTarget {
  static OPEN = 1
  constructor (url, protocol = '') {
    super()
    Object.assign(this, { url, protocol, readyState: 1 })
  }
  get bufferedAmount () { return 0 }
  send (data) {}
  close () {}
}
"""
MEASURE = """async ([path, protocol, question, answer, count]) => {
  const socket = new WebSocket('ws://127.0.0.1' + path, protocol)
  socket.dispatchEvent(new Event('open'))
  const numbered = (text, i) => text.replace('{id}', i)
  const pairs = Array.from({length: count}, (_, i) => [numbered(question, i), numbered(answer, i)])
  const events = pairs.map(([, data]) => new MessageEvent('message', {data}))
  socket.addEventListener('message', () => {})
  const begun = performance.now()
  for (let i = 0; i < count; i++) {
    socket.send(pairs[i][0])
    socket.dispatchEvent(events[i])
  }
  return (performance.now() - begun) * 1000 / count / 2
}"""


def main(arguments: list[str]) -> int:
    """Measure and print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path, nargs="?")
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args(arguments)
    new = options.new.read_text() if options.new else sdk.script()
    builds = {PLAIN: "", "old": options.old.read_text(), "new": new}
    with sync_playwright() as playwright:
        path = next((name for name in BROWSERS if Path(name).exists()), None)
        browser = playwright.chromium.launch(executable_path=path)
        print("microseconds per message added: old, new, ratio")
        for protocol in FRAMES:
            print(line(protocol, added(browser, protocol, builds, options)), flush=True)
        browser.close()
    return 0


def added(
    browser: Browser, protocol: str, builds: dict[str, str], options: argparse.Namespace
) -> dict[str, list[float]]:
    """Microseconds per message of each build over the plain socket, a value for each round."""
    rounds = [
        {
            name: microseconds(browser, protocol, script, options.messages)
            for name, script in builds.items()
        }
        for _ in range(options.rounds)
    ]
    return {
        name: [values[name] - values[PLAIN] for values in rounds]
        for name in builds
        if name != PLAIN
    }


def microseconds(browser: Browser, protocol: str, script: str, count: int) -> float:
    """CPU time per message on a fresh page with a build."""
    page = browser.new_page()
    page.route(
        "**/*", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html")
    )
    page.goto("http://127.0.0.1/")
    page.add_script_tag(content=SOCKET)
    if script:
        page.add_script_tag(content=script)
        page.evaluate("() => { new WebSocketClientMonitor({ app: 'bench' }).install() }")
    path, subprotocol, question, answer = FRAMES[protocol]
    frames = [text.replace("{{", "{").replace("}}", "}") for text in (question, answer)]
    cost: float = page.evaluate(MEASURE, [path, subprotocol, *frames, count])
    page.close()
    return cost


def line(protocol: str, rounds: dict[str, list[float]]) -> str:
    """Medians over the rounds as text."""
    old, new = (statistics.median(rounds[name]) for name in ("old", "new"))
    return f"{protocol:14} {old:6.2f} {new:6.2f} {new / old:6.2f}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
