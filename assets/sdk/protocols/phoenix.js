/* Phoenix channels: hexdocs.pm/phoenix/writing_a_channels_client.html; version 2 with
 * arrays `[join_ref, ref, topic, event, payload]`, version 1 with objects, and version 2's binary
 * pushes (phoenix/priv/static/phoenix.mjs, `binaryEncode` and `decodeReply`).
 *
 * A server may leave a push without a reply (`{:noreply, socket}`): such an ask is optional. */

import { hashOf, idAt, itemsOf, latin, memberOf, wordAt, wordIn } from './scan.js'

const BINARY_PUSH = 0
const BINARY_REPLY = 1
const ERROR = 'error'

const readChannel = (frame, isSent, tell, id, name, payload) => {
  if (!isSent) {
    if (name === 'phx_reply') tell.answers(id, wordIn(frame, payload, 'status') === ERROR)
  } else if (name === 'heartbeat') {
    tell.asksBeat(id)
  } else if (name === 'phx_leave') {
    tell.asksStack(id) // the library answers this itself
  } else {
    tell.asksApplication(id, name !== 'phx_join')
  }
}

const readArray = (frame, isSent, tell) => {
  const id = idAt(frame, itemsOf(frame, 0, 2)[1])
  if (id === undefined) return // a broadcast
  const [, , , event, payload] = itemsOf(frame, 0, 5)
  readChannel(frame, isSent, tell, id, wordAt(frame, event), payload)
}

const readObject = (frame, isSent, tell) => {
  const [id, event, payload] = ['ref', 'event', 'payload'].map(name => memberOf(frame, 0, name))
  readChannel(frame, isSent, tell, idAt(frame, id), wordAt(frame, event), payload)
}

/* Kind, lengths of join_ref, ref, topic and event (of a reply: status), then these, then payload. */
const readBytes = (bytes, isSent, tell) => {
  const [kind, joinLength, refLength, topicLength, lastLength] = bytes
  const start = 5 + joinLength
  const last = start + refLength + topicLength
  if (!refLength || !(last + lastLength <= bytes.length)) return
  const id = hashOf(latin(bytes, start, start + refLength))
  if (isSent && kind === BINARY_PUSH) tell.asksApplication(id, true)
  if (!isSent && kind === BINARY_REPLY) tell.answers(id, latin(bytes, last, last + lastLength) === ERROR)
}

export const phoenix = {
  name: 'phoenix',

  recognises: (_, text, isSent) => isSent &&
    /^(\[(null|"\d+"),"\d+","[^"]+",|\{"topic":"[^"]+","event":)"(phx_join|heartbeat)",/.test(text),

  read: (frame, ...more) => {
    const read = frame[0] === '[' ? readArray : readObject
    return (typeof frame === 'string' ? read : readBytes)(frame, ...more)
  }
}
