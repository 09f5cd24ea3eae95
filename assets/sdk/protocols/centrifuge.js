/* Centrifuge and Centrifugo, client protocol 2, JSON and protobuf:
 * https://centrifugal.dev/docs/transports/client_protocol.
 *
 * Text frames hold a command or reply a line, binary frames each behind its length; an empty one
 * is a ping (received) or pong. The server's own stack answers connect, subscribe, publish,
 * presence and history. Only `rpc` reaches an application. */

import { eachMessage, eachRecord, has, idIn, memberOf, numberOf, varintAt } from './scan.js'

const ID_TAG = 0x08 // field 1, varint
const ERROR_TAG = 0x12 // field 2 of a reply
const RPC_TAG = 0x6a // field 13 of a command

const ask = (tell, id, isRpc) => isRpc ? tell.asksApplication(id) : tell.asksStack(id)

const readLine = (frame, at, isSent, tell) => {
  if (frame.startsWith('{"push"', at)) return // most frames: they cost a comparison
  const id = idIn(frame, at, 'id')
  if (isSent) return ask(tell, id, has(frame, at, 'rpc'))
  tell.answers(id, has(frame, at, 'error'))
  // How often the server pings, in its reply to `connect`.
  tell.promises(numberOf(frame, memberOf(frame, at, 'connect'), 'ping') * 1000)
}

const readMessage = (bytes, at, length, isSent, tell) => {
  const id = length && bytes[at] === ID_TAG && varintAt(bytes, at + 1)
  if (!id) return
  const tag = bytes[id.after]
  if (isSent) ask(tell, id.value, tag === RPC_TAG)
  else tell.answers(id.value, tag === ERROR_TAG)
}

export const centrifuge = {
  name: 'centrifuge',
  subprotocols: /^centrifuge-(json|protobuf)$/,

  recognises: ({ path }, text, isSent) => isSent
    ? /\/connection\/websocket/.test(path) && text.startsWith('{"connect":{')
    : /^\{"id":\d+,"connect":\{"client":"/.test(text),

  read: (frame, isSent, tell) => typeof frame === 'string'
    ? eachRecord(frame, 0, '\n', at => readLine(frame, at, isSent, tell))
    : eachMessage(frame, 0, (at, length) => readMessage(frame, at, length, isSent, tell))
}
