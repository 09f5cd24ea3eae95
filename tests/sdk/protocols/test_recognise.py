"""Which protocol a socket speaks, and readers against frames that are none of theirs."""

from tests.support.servers.protocol_page import RECEIVED, SENT, Frame, ProtocolPage, as_json

SAMPLES = (
    '0{"sid":"a","pingInterval":700}', '40/a,{"token":"x"}', '451-/a,7["q",{"num":0}]', "2",
    '{"protocol":"json","version":1}\x1e', '{"type":6}\x1e{"type":3,"invocationId":"0"}\x1e',
    '["3","4","room:1","phx_join",{"a":1}]', '["3","4","room:1","phx_reply",{"status":"error"}]',
    r'{"command":"subscribe","identifier":"{\"channel\":\"\u00e9\"}"}', '{"type":"welcome"}',
    '{"connect":{"a":[1,2]},"id":1}', '{}\n{"rpc":{},"id":2}',
    '{"id":1,"connect":{"client":"","ping":25}}', '{"id":"a","type":"next","payload":{}}',
    '{"id":"a","type":"subscribe","payload":{"query":"{ a }"}}', "RECEIPT\nreceipt-id:1\n\n\0",
    "CONNECT\nheart-beat:1,1\n\n\0", "ERROR\nreceipt-id:r9\n\n\0",
    '{"event":"pusher:subscribe","data":{"channel":"a"}}', '{"event":"pusher:pong","data":"{}"}',
    '[{"jsonrpc":"2.0","method":"a","id":1},{"jsonrpc":"2.0","id":2,"error":{}}]',
    '{"msg":"connect","version":"1","support":["1"]}', '{"msg":"ready","subs":["0","1"]}',
    '{"type":"join","room":"a"}', '{"type": "joined", "room": "a", "members": 1}', "o",
    r'a["{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"id\":1}","\n"]', '["CONNECT\\na:b\\n\\n\\u0000"]',
)  # fmt: skip
BINARY = (
    bytes.fromhex("101300044d5154540402000200076d7174746a735f"), b"\0\1\1\6\x0336room:1bin\1",
    bytes.fromhex("320c0003612f62a1b168656c"), bytes.fromhex("9003a1b001c000d000"),
    bytes.fromhex("07950380a1300305"), bytes.fromhex("080801220422026a73"),
)  # fmt: skip
PLACES = (
    ("/socket.io/?EIO=4", ""), ("/cable", "actioncable-v1-json"), ("/connection/websocket", ""),
    ("/", "centrifuge-protobuf"), ("/", "graphql-transport-ws"), ("/", "v12.stomp"), ("/", "mqtt"),
    ("/app/K?protocol=7", ""), ("/ws", ""), ("/e/1/a/websocket", ""), ("/", ""), ("/hub", ""),
)  # fmt: skip
# Random mutations of all samples, read by every reader: what is thrown, how large a state grows,
# and events that are none.
STORM = """([places, samples]) => {
    let seed = 1
    const random = most => (seed = seed * 48271 % 2147483647) % most
    const frames = samples.map(sample => frameOf(...sample))
    const mutated = frame => {
      const at = random(frame.length + 1)
      const other = frames[random(frames.length)]
      if (typeof frame !== 'string' || typeof other !== 'string') {
        const bytes = Array.from(frame, c => typeof c === 'string' ? c.charCodeAt(0) & 255 : c)
        bytes.splice(at, random(3), random(256), random(256))
        return Uint8Array.from(bytes)
      }
      const junk = [...'"\\\\{],:/\\n\\x1e', '', '[[[', '"a":', '9'.repeat(70)]
      const tail = (random(2) ? other : frame).slice(at + random(3))
      return frame.slice(0, at) + junk[random(junk.length)] + tail
    }
    const weight = (value, depth = 0) => {
      if (value === null || typeof value !== 'object' || depth > 4) return String(value).length
      const parts = value instanceof Map ? [...value].flat() : Object.values(value)
      return parts.reduce((sum, part) => sum + weight(part, depth + 1), parts.length)
    }
    const outcome = { read: new Set(), wrong: [], largest: 0, events: 0 }
    const names = ['asksStack', 'asksApplication', 'asksBeat', 'answers', 'fails', 'forgets']
    const tell = { promises: ms => typeof ms === 'number' || outcome.wrong.push(`promises ${ms}`) }
    for (const name of names) {
      tell[name] = (id, more) => {
        outcome.events += id === undefined ? 0 : 1
        const isId = id === undefined || Number.isInteger(id)
        const isRight = isId && [undefined, true, false].includes(more)
        if (!isRight) outcome.wrong.push(`${name} ${id} ${more}`)
      }
    }
    for (const [path, subprotocol] of places) {
      for (let socket = 0; socket < 60; socket++) {
        let reader, state
        for (let step = 0; step < 60; step++) {
          const sample = frames[random(frames.length)]
          const frame = random(3) ? mutated(sample) : sample
          const isSent = random(2) === 1
          const length = frame.length + (random(9) ? 0 : random(99999))
          try {
            reader = reader || recognise({ path, subprotocol }, frame, isSent)
            if (!reader) continue
            state = state || reader.begin?.({ path, subprotocol })
            outcome.read.add(reader.name)
            reader.read(frame, isSent, tell, state, length)
          } catch (error) {
            outcome.wrong.push(`${reader?.name}: ${error} ${JSON.stringify(frame)}`)
          }
        }
        outcome.largest = Math.max(outcome.largest, weight(state))
      }
    }
    return { ...outcome, read: [...outcome.read].sort() }
}"""
NAMES = (
    "actioncable", "centrifuge", "ddp", "graphql-ws", "json-rpc", "mqtt", "phoenix", "pusher",
    "rooms", "signalr", "socket.io", "sockjs", "stomp",
)  # fmt: skip


def test_no_frame_breaks_a_reader(readers: ProtocolPage) -> None:
    samples = [as_json(frame) for frame in (*SAMPLES, *BINARY)]
    outcome = readers.evaluate(STORM, [PLACES, samples])
    assert outcome["wrong"] == []
    assert outcome["read"] == list(NAMES)
    assert outcome["events"] > 1_000
    assert outcome["largest"] < 2_000


def test_a_graphql_page_without_replies_stays_small(readers: ProtocolPage) -> None:
    size = readers.evaluate("""() => {
        const reader = recognise({ path: '/', subprotocol: 'graphql-transport-ws' }, '', true)
        const tell = { asksApplication () {} }
        const state = reader.begin()
        for (let id = 0; id < 3000; id++) {
            const frame = `{"id":"${id}","type":"subscribe","payload":{"query":"{ a }"}}`
            reader.read(frame, true, tell, state, frame.length)
        }
        return state.size
    }""")
    assert size == 1_000


APPLICATIONS: tuple[tuple[str, str, Frame], ...] = (
    ("/chat", RECEIVED, "o"),
    ("/chat", SENT, "2"),
    ("/chat", SENT, '420["q"]'),
    ("/chat", SENT, '{"type":"ping","id":1}'),
    ("/ws", SENT, '{"type":"ping","id":1,"more":2}'),
    ("/ws", SENT, '{"type":"message","id":1}'),
    ("/chat", SENT, '{"id":1,"method":"sum","params":[]}'),
    ("/chat", SENT, '{"id":1,"method":"sum","jsonrpc":"1.0"}'),
    ("/chat", SENT, '{"data":{"jsonrpc":"2.0","method":"a"}}'),
    ("/chat", SENT, '["1","2","topic","message",{}]'),
    ("/chat", SENT, '{"event":"new","data":{"event":"pusher:ping"}}'),
    ("/app/chat", SENT, '{"event":"pusher:ping"}'),
    ("/chat", SENT, '{"connect":{},"id":1}'),
    ("/chat", SENT, '{"msg":"connect"}'),
    ("/chat", RECEIVED, '{"type":"welcome"}'),
    ("/chat", SENT, "CONNECT"),
    ("/chat", SENT, '{"protocol":"json","version":1}'),
    ("/chat", SENT, b"\x10\x02\0\x04"),
    ("/chat", SENT, '{"type":"connection_init"}'),
    ("/e/1/a/websocket", SENT, "o"),
)


def test_what_an_application_says_is_no_protocol(readers: ProtocolPage) -> None:
    for path, arrow, frame in APPLICATIONS:
        readers.assert_says(None, path, (arrow, frame, ""))


def test_the_subprotocol_comes_first(readers: ProtocolPage) -> None:
    call = '{"jsonrpc":"2.0","method":"a","id":1}'
    readers.assert_says("stomp", "/ws", (SENT, call, ""), subprotocol="v11.stomp")
    readers.assert_says("json-rpc", "/cable", (SENT, call, "reply"), subprotocol="other")
