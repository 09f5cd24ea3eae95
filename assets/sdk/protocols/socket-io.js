/* Engine.IO 3 and 4 with Socket.IO 2 to 4: https://socket.io/docs/v4/engine-io-protocol/ and
 * https://socket.io/docs/v4/socket-io-protocol/.
 *
 * An Engine.IO packet is its type's digit and the payload, a Socket.IO packet the type, with
 * attachments `n-`, a namespace `/name,` and the digits of the ack id: `451-/admin,7["ask",...]`.
 * In version 4 the server pings, in version 3 the page. A page that was opened by polling (the
 * default) was told the interval of pings there. */

import { BEAT, NOTHING, PAGE_PING, PONG, answered, latency, promised, reply, textReader } from './events.js'
import { afterDigits, hashOf, numberOf } from './scan.js'

const ENGINE_BEAT = [{ alive: true, usually: 25000 }]
const PROBE_ID = -3
const CONNECTION = 1 // seed

/* Index after the namespace at `at`. */
const afterNamespace = (frame, at) => {
  const comma = frame[at] === '/' ? frame.indexOf(',', at) : at - 1
  return comma < 0 ? frame.length : comma + 1
}

/* Hash of namespace and ack id; undefined for a packet that wants no ack. */
const ackId = frame => {
  const start = frame[1] > '4' ? frame.indexOf('-') + 1 : 2
  const at = afterNamespace(frame, start)
  const end = afterDigits(frame, at)
  return end > at ? hashOf(frame, start, end) : undefined
}

const namespaceId = frame => hashOf(frame, 2, afterNamespace(frame, 2), CONNECTION)

const packetSent = frame => {
  const type = frame[1]
  if (type === '0') return latency(namespaceId(frame))
  return type === '2' || type === '5' ? reply(ackId(frame)) : NOTHING
}

const packetReceived = frame => {
  const type = frame[1]
  if (type === '0' || type === '4') return answered(namespaceId(frame), type === '4')
  return type === '3' || type === '6' ? answered(ackId(frame)) : NOTHING
}

const opened = (frame, state) => {
  if (state.beat !== BEAT) state.beat = promised(numberOf(frame, 1, 'pingInterval'))
  return state.beat
}

const engineSent = frame => {
  if (frame[0] === '4') return packetSent(frame)
  if (frame === '2probe') return latency(PROBE_ID)
  return frame[0] === '2' ? PAGE_PING : NOTHING
}

const engineReceived = (frame, state) => {
  switch (frame[0]) {
    case '4': return packetReceived(frame)
    case '2': return state.beat
    case '3': return frame === '3probe' ? answered(PROBE_ID) : PONG
    case '0': return opened(frame, state)
    default: return NOTHING
  }
}

export const socketIo = {
  name: 'socket.io',
  recognises: ({ path }, text) => /[?&]EIO=[34]|\/socket\.io\//.test(path)
    ? /^([23](probe)?$|0\{|4[0-6]|5$)/.test(text)
    : /^0\{"sid":".*"pingInterval":/.test(text),
  begin: ({ path } = {}) => ({ beat: /[?&]EIO=3/.test(path) ? BEAT : ENGINE_BEAT }),
  read: textReader(engineSent, engineReceived)
}
