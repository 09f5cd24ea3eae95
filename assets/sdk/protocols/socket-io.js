/* Engine.IO 3 and 4 with Socket.IO 2 to 4: socket.io/docs/v4/engine-io-protocol/ and
 * socket.io/docs/v4/socket-io-protocol/.
 *
 * An Engine.IO packet is its type's digit and the payload, a Socket.IO packet the type, with
 * attachments `n-`, a namespace `/name,` and the digits of the ack id: `451-/admin,7["ask",...]`.
 * In version 4 the server pings, in version 3 the page. A page that was opened by polling (the
 * default) was told the interval of pings there. */

import { pagePing, pong } from './events.js'
import { afterDigits, hashOf, numberOf } from './scan.js'

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

/* By the two digits: CONNECT, EVENT, ACK, CONNECT_ERROR, BINARY_EVENT, BINARY_ACK. */
const readPacket = (frame, isSent, tell) => {
  const type = frame[1]
  if (isSent) {
    if (type === '0') tell.asksStack(namespaceId(frame))
    if (type === '2' || type === '5') tell.asksApplication(ackId(frame))
  } else {
    if (type === '0' || type === '4') tell.answers(namespaceId(frame), type === '4')
    if (type === '3' || type === '6') tell.answers(ackId(frame))
  }
}

export const socketIo = {
  name: 'socket.io',
  recognises: ({ path }, text) => /[?&]EIO=[34]|\/socket\.io\//.test(path)
    ? /^([23](probe)?$|0\{|4[0-6]|5$)/.test(text)
    : /^0\{"sid":".*"pingInterval":/.test(text),
  begin: ({ path }) => /[?&]EIO=3/.test(path), // whether the page pings

  read: (frame, isSent, tell, isPagePinging) => {
    const type = frame[0]
    if (type === '4') readPacket(frame, isSent, tell)
    else if (frame === '2probe') tell.asksStack(isSent ? PROBE_ID : undefined)
    else if (frame === '3probe') tell.answers(isSent ? undefined : PROBE_ID)
    else if (isSent && type === '2') pagePing(frame, tell)
    else if (!isSent && type === '3') pong(frame, tell)
    else if (!isSent && type === '0' && !isPagePinging) tell.promises(numberOf(frame, 1, 'pingInterval'))
  }
}
