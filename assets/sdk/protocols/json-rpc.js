/* JSON-RPC 2.0: https://www.jsonrpc.org/specification. Single messages and batches; either side
 * may call, so a message with a method is a call and one without is an answer. */

import { NOTHING, answered, failure, joined, reply, textReader } from './events.js'
import { idAt, itemsOf, memberOf, wordAt } from './scan.js'

const has = (frame, at, name) => memberOf(frame, at, name) >= 0
const callId = (frame, at) => idAt(frame, memberOf(frame, at, 'id'))

const call = (frame, at) => has(frame, at, 'method') ? reply(callId(frame, at)) : NOTHING

const response = (frame, at) => {
  if (has(frame, at, 'method')) return NOTHING
  const isError = frame[memberOf(frame, at, 'error')] === '{'
  return (isError ? failure : answered)(callId(frame, at))
}

const each = message => frame => frame[0] === '['
  ? itemsOf(frame).reduce((events, at) => joined(events, message(frame, at)), NOTHING)
  : message(frame, 0)

export const jsonRpc = {
  name: 'json-rpc',

  recognises: (_, text) => {
    const at = text[0] === '[' ? itemsOf(text, 0, 1)[0] : 0
    return wordAt(text, memberOf(text, at, 'jsonrpc')) === '2.0' &&
      (has(text, at, 'method') || has(text, at, 'id'))
  },

  read: textReader(each(call), each(response))
}
