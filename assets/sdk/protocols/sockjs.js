/* SockJS's WebSocket transport around any other protocol: sockjs/sockjs-protocol.
 *
 * Received: `o`, `h` (heartbeat), `a["message", ...]`, `c[code, "reason"]`; sent: `["message", ...]`. */

import { NOTHING, joined, textReader } from './events.js'
import { itemsOf, stringAt } from './scan.js'

const FRAME_BEAT = [{ alive: true, usually: 25000 }] // heartbeat_delay of the servers, which none tells
const MOST_TRIES = 10 // messages in which the inner protocol shows itself

/* The end of a path that SockJS adds: /server/session/websocket. */
const SUFFIX = /\/[^/.]+\/[^/.]+\/websocket(?=\?|$)/

const innerReader = (state, text, direction) => {
  if (!state.reader && state.tries++ < MOST_TRIES) {
    state.reader = state.recognise(state, text, direction)
    state.inner = state.reader?.begin?.(state)
  }
  return state.reader
}

const readInner = (frame, at, direction, state) => {
  let events = NOTHING
  for (const start of itemsOf(frame, at)) {
    const text = stringAt(frame, start) || ''
    const reader = innerReader(state, text, direction)
    if (reader) events = joined(events, reader.read(text, direction, state.inner, text.length))
  }
  return events
}

const framesSent = (frame, state) => readInner(frame, 0, 'sent', state)

const framesReceived = (frame, state) => {
  if (frame === 'h') return FRAME_BEAT
  return frame[0] === 'a' ? readInner(frame, 1, 'received', state) : NOTHING
}

/* The reader of SockJS with `recognise` for what it carries. */
export const sockJsAround = recognise => ({
  name: 'sockjs',
  recognises: ({ path }, text, isSent) => !isSent && text === 'o' && SUFFIX.test(path),
  begin: ({ path = '' } = {}) => ({ recognise, path: path.replace(SUFFIX, ''), subprotocol: '', tries: 0 }),
  read: textReader(framesSent, framesReceived),

  /* The name to report: that of the protocol inside, once it is known. */
  nameOf: ({ reader }) => reader ? reader.name : 'sockjs'
})
