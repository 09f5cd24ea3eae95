/* One WebSocket: its events and what the page calls on it. */

import { NO_CODE } from '../core/ends.js'
import { quietly } from '../core/limits.js'
import { size } from '../core/payload.js'
import { createConnection } from './connection.js'
import { createRoundTrips } from './round_trips.js'
import { CONNECTING, OPEN, listen, prototypeOf, sendUnwatched, watch, wrapPrototype } from './wrap.js'

const NO_CLOSE_MS = 1000 // WebKitGTK ends refused sockets by `error` alone

/* `options` as in `WebSocketClientMonitor.observe`. `isLate`: its attempt was not seen. */
export const observeSocket = (monitor, socket, { endpoint: name, messageId, ping } = {}, view, isLate) => {
  const { life } = monitor
  const prototype = prototypeOf(socket)
  wrapPrototype(prototype)
  const connection = createConnection(monitor, socket.url, { name, view, isLate })
  const { endpoint, path } = connection
  const opening = () => ({ path, subprotocol: socket.protocol || '' })
  const roundTrips = connection.roundTrips = createRoundTrips({ endpoint, life, opening, messageId, ping })

  const sendPing = () => {
    if (life.isHidden || !connection.isOpen()) return
    sendUnwatched(prototype, socket, roundTrips.startPing())
    connection.pinged()
  }

  const startPings = () => {
    if (roundTrips.ping) connection.pinging = setInterval(quietly(sendPing), roundTrips.ping.everyMs)
  }

  const refused = () => {
    if (!connection.isConnecting() || socket.readyState <= OPEN) return
    connection.concluded('failed')
    connection.forget()
  }

  if (socket.readyState === OPEN) connection.opened(false)
  if (connection.isOpen()) startPings()

  listen(socket, 'open', () => connection.opened() && startPings())
  listen(socket, 'message', ({ data }) => {
    if (roundTrips.isPong(data)) {
      connection.answered()
    } else {
      const length = size(data)
      connection.received(length)
      roundTrips.message(data, false, length)
    }
  })
  listen(socket, 'error', () => {
    connection.ended()
    if (connection.isConnecting()) setTimeout(quietly(refused), NO_CLOSE_MS)
  })
  listen(socket, 'close', ({ code, wasClean }) => connection.closed(code, wasClean))

  watch(socket, {
    /* The page called `send`; see wrap.js. */
    sent (data, isOpen) {
      if (isOpen) {
        const length = size(data)
        connection.sent(length)
        roundTrips.message(data, true, length)
      } else {
        endpoint.tally.messages.errors++
      }
    },

    /* The page called `close` in `state`. */
    closing (code, state) {
      if (state === CONNECTING) connection.concluded('abandoned')
      if (state === OPEN) connection.closing(code === undefined ? NO_CODE : Number(code))
    }
  })
}
