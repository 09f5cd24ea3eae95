/* GraphQL over WebSocket: `graphql-transport-ws` (enisdenjo/graphql-ws, PROTOCOL.md) and the older
 * `graphql-ws` (apollographql/subscriptions-transport-ws, PROTOCOL.md), which says start, data and
 * stop for subscribe, next and complete.
 *
 * A reply is exactly one result and then `complete`. The wait for a subscription's events is none,
 * so an operation that is, or may be, a subscription asks for nothing: a document cut by the
 * limit of 4 kB, a persisted one (its text is not there), any with the word. */

import { idOf, opened, pageOpen, pagePing, pong, refused, wordReader } from './events.js'
import { afterString, has, memberOf } from './scan.js'

const MOST_OPERATIONS = 1000
const SUBSCRIPTION_WORD = /(?:\W|\\[bfnrt]|\\u\w{4})subscription(?:\W|$)/

/* What an operation has had so far. */
const NO_RESULT = 0
const RESULT = 1
const FAILED_RESULT = 2

const isSingle = frame => {
  const query = memberOf(frame, memberOf(frame, 0, 'payload'), 'query')
  const end = frame[query] === '"' ? afterString(frame, query) : Infinity
  return end <= frame.length && !SUBSCRIPTION_WORD.test(frame.slice(query, end))
}

const start = (frame, tell, operations) => {
  const id = idOf(frame)
  if (id === undefined || !isSingle(frame)) return
  if (operations.size >= MOST_OPERATIONS) operations.delete(operations.keys().next().value)
  operations.set(id, NO_RESULT)
  tell.asksApplication(id)
}

const stop = (frame, tell, operations) => {
  if (operations.delete(idOf(frame))) tell.forgets(idOf(frame))
}

const next = (frame, tell, operations) => {
  const id = idOf(frame)
  if (operations.get(id) !== NO_RESULT) return stop(frame, tell, operations)
  const isFailed = has(frame, memberOf(frame, 0, 'payload'), 'errors')
  operations.set(id, isFailed ? FAILED_RESULT : RESULT)
}

const complete = (frame, tell, operations) => {
  const id = idOf(frame)
  const results = operations.get(id)
  if (!results) return stop(frame, tell, operations)
  operations.delete(id)
  tell.answers(id, results === FAILED_RESULT)
}

const error = (frame, tell, operations) => {
  operations.delete(idOf(frame))
  tell.fails(idOf(frame))
}

export const graphqlWs = {
  name: 'graphql-ws',
  subprotocols: /^graphql-(transport-)?ws$/,
  recognises: () => false, // browsers refuse an opening without the subprotocol they offered
  begin: () => new Map(), // what the operations with a single result have had, by id

  read: wordReader('type', [
    ['connection_init', pageOpen],
    ['ping', pagePing],
    ['subscribe', start],
    ['start', start],
    ['complete', stop],
    ['stop', stop]
  ], [
    ['connection_ack', opened],
    ['connection_error', refused],
    ['pong', pong],
    ['next', next],
    ['data', next],
    ['complete', complete],
    ['error', error]
  ])
}
