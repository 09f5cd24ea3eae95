/* SockJS's WebSocket transport around any other protocol: sockjs/sockjs-protocol.
 *
 * Received: `o`, `h` (heartbeat, every so often as no server tells), `a["message", ...]`,
 * `c[code, "reason"]`; sent: `["message", ...]`. */

import { itemsOf, stringAt } from './scan.js'

const MOST_TRIES = 10 // messages in which the inner protocol shows itself

/* The end of a path that SockJS adds: /server/session/websocket. */
const SUFFIX = /\/[^/.]+\/[^/.]+\/websocket(?=\?|$)/

const innerReader = (state, text, isSent) => {
  if (!state.reader && state.tries++ < MOST_TRIES) {
    state.reader = state.recognise(state, text, isSent)
    state.inner = state.reader?.begin?.(state)
  }
  return state.reader
}

/* The reader of SockJS with `recognise` for what it carries. */
export const sockJsAround = recognise => ({
  name: 'sockjs',
  recognises: ({ path }, text, isSent) => !isSent && text === 'o' && SUFFIX.test(path),
  begin: ({ path }) => ({ recognise, path: path.replace(SUFFIX, ''), subprotocol: '', tries: 0 }),

  read: (frame, isSent, tell, state) => {
    for (const start of itemsOf(frame, frame[0] === 'a' ? 1 : 0)) {
      const text = stringAt(frame, start) || ''
      innerReader(state, text, isSent)?.read(text, isSent, tell, state.inner, text.length)
    }
  },

  /* The name to report: that of the protocol inside, once it is known. */
  nameOf: ({ reader }) => reader ? reader.name : 'sockjs'
})
