/* Centrifuge and Centrifugo, client protocol 2, JSON and protobuf:
 * https://centrifugal.dev/docs/transports/client_protocol.
 *
 * Text frames hold a command or reply a line, binary frames each behind its length; an empty one
 * is a ping (received) or pong. The server's own stack answers connect, subscribe, publish,
 * presence and history: latency. Only `rpc` reaches an application: reply. */

import { BEAT, NOTHING, answered, joined, latency, promised, reply } from './events.js'
import { idAt, memberOf, numberOf, varintAt } from './scan.js'

const ID_TAG = 0x08 // field 1, varint
const ERROR_TAG = 0x12 // field 2 of a reply
const RPC_TAG = 0x6a // field 13 of a command

const asking = (id, isRpc) => isRpc ? reply(id) : latency(id)

/* How often the server pings, in its reply to `connect`. */
const interval = (frame, at) =>
  promised(numberOf(frame, memberOf(frame, at, 'connect'), 'ping') * 1000)

const replyLine = (frame, at, isSent) => {
  if (frame.startsWith('{"push"', at)) return NOTHING // most frames: they cost a comparison
  if (frame.startsWith('{}', at)) return isSent ? NOTHING : BEAT
  const id = idAt(frame, memberOf(frame, at, 'id'))
  if (isSent) return asking(id, memberOf(frame, at, 'rpc') >= 0)
  return joined(answered(id, memberOf(frame, at, 'error') >= 0), interval(frame, at))
}

const readLines = (frame, isSent) => {
  let events = NOTHING
  for (let at = 0; at < frame.length; at = frame.indexOf('\n', at) + 1 || frame.length) {
    events = joined(events, replyLine(frame, at, isSent))
  }
  return events
}

const replyMessage = (bytes, at, length, isSent) => {
  if (length === 0) return isSent ? NOTHING : BEAT
  const id = bytes[at] === ID_TAG && varintAt(bytes, at + 1)
  if (!id) return NOTHING
  const tag = bytes[id.after]
  return isSent ? asking(id.value, tag === RPC_TAG) : answered(id.value, tag === ERROR_TAG)
}

const readMessages = (bytes, isSent) => {
  let events = NOTHING
  let size
  for (let at = 0; at < bytes.length && (size = varintAt(bytes, at)); at = size.after + size.value) {
    events = joined(events, replyMessage(bytes, size.after, size.value, isSent))
  }
  return events
}

export const centrifuge = {
  name: 'centrifuge',
  subprotocol: /^centrifuge-(json|protobuf)$/,

  recognises: ({ path }, text, isSent) => isSent
    ? /\/connection\/websocket/.test(path) && text.startsWith('{"connect":{')
    : /^\{"id":\d+,"connect":\{"client":"/.test(text),

  read: (frame, direction) =>
    (typeof frame === 'string' ? readLines : readMessages)(frame, direction === 'sent')
}
