/* Phoenix channels: https://hexdocs.pm/phoenix/writing_a_channels_client.html; version 2 with
 * arrays `[join_ref, ref, topic, event, payload]`, version 1 with objects, and version 2's binary
 * pushes (phoenix/priv/static/phoenix.mjs, `binaryEncode` and `decodeReply`).
 *
 * A server may leave a push without a reply (`{:noreply, socket}`): such an ask is `optional`. */

import { NOTHING, answered, heartbeat, latency, reply } from './events.js'
import { hashOf, idAt, itemsOf, latin, memberOf, wordAt } from './scan.js'

const BINARY_PUSH = 0
const BINARY_REPLY = 1
const ERROR = 'error'

const channelPush = (id, event) => {
  if (event === 'heartbeat') return heartbeat(id)
  if (event === 'phx_leave') return latency(id) // the library answers this itself
  return reply(id, event !== 'phx_join' && { optional: true })
}

const channelMessage = (frame, isSent, id, event, payload) => {
  if (id === undefined) return NOTHING
  const name = wordAt(frame, event)
  if (isSent) return channelPush(id, name)
  if (name !== 'phx_reply') return NOTHING
  return answered(id, wordAt(frame, memberOf(frame, payload, 'status')) === ERROR)
}

const readArray = (frame, isSent) => {
  const id = idAt(frame, itemsOf(frame, 0, 2)[1])
  if (id === undefined) return NOTHING // a broadcast
  const items = itemsOf(frame, 0, 5)
  return channelMessage(frame, isSent, id, items[3], items[4])
}

const readObject = (frame, isSent) => {
  const [id, event, payload] = ['ref', 'event', 'payload'].map(name => memberOf(frame, 0, name))
  return channelMessage(frame, isSent, idAt(frame, id), event, payload)
}

/* Kind, lengths of join_ref, ref, topic and event (of a reply: status), then these, then payload. */
const readChannelBytes = (bytes, isSent) => {
  const [kind, joinLength, refLength, topicLength, lastLength] = bytes
  const start = 5 + joinLength
  const last = start + refLength + topicLength
  if (!refLength || !(last + lastLength <= bytes.length)) return NOTHING
  const id = hashOf(latin(bytes, start, start + refLength))
  if (isSent) return kind === BINARY_PUSH ? reply(id, { optional: true }) : NOTHING
  return kind === BINARY_REPLY ? answered(id, latin(bytes, last, last + lastLength) === ERROR) : NOTHING
}

export const phoenix = {
  name: 'phoenix',

  recognises: (_, text, isSent) => isSent &&
    /^(\[(null|"\d+"),"\d+","[^"]+",|\{"topic":"[^"]+","event":)"(phx_join|heartbeat)",/.test(text),

  read: (frame, direction) => {
    const isSent = direction === 'sent'
    if (typeof frame !== 'string') return readChannelBytes(frame, isSent)
    return frame[0] === '[' ? readArray(frame, isSent) : readObject(frame, isSent)
  }
}
