/* JSON-RPC 2.0: www.jsonrpc.org/specification. Single messages and batches; either side
 * may call, so a message with a method is a call and one without is an answer. */

import { has, idIn, itemsOf, memberOf, wordIn } from './scan.js'

const messages = (frame, most) => frame[0] === '[' ? itemsOf(frame, 0, most) : [0]

const readMessage = (frame, at, isSent, tell) => {
  const isCall = has(frame, at, 'method')
  if (isCall !== isSent) return
  const id = idIn(frame, at, 'id')
  if (isCall) tell.asksApplication(id)
  else if (frame[memberOf(frame, at, 'error')] === '{') tell.fails(id)
  else tell.answers(id)
}

export const jsonRpc = {
  name: 'json-rpc',

  recognises: (_, text) => {
    const [at] = messages(text, 1)
    return wordIn(text, at, 'jsonrpc') === '2.0' && (has(text, at, 'method') || has(text, at, 'id'))
  },

  read: (frame, isSent, tell) => {
    if (typeof frame === 'string') messages(frame).forEach(at => readMessage(frame, at, isSent, tell))
  }
}
