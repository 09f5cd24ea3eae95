/* GraphQL over WebSocket: `graphql-transport-ws` (enisdenjo/graphql-ws, PROTOCOL.md) and the older
 * `graphql-ws` (apollographql/subscriptions-transport-ws, PROTOCOL.md), which says start, data and
 * stop for subscribe, next and complete.
 *
 * A reply is exactly one result and then `complete`. The wait for a subscription's events is none,
 * so an operation that is, or may be, a subscription asks for nothing: a document cut by the
 * limit of 4 kB, a persisted one (its text is not there), any with the word. */

import {
  BEAT, NOTHING, PAGE_OPEN, OPENED, PAGE_PING, PONG, REFUSED, answered, failure, idOf, reply, wordReader
} from './events.js'
import { afterString, memberOf } from './scan.js'

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

const start = (frame, operations) => {
  const id = idOf(frame)
  if (id === undefined || !isSingle(frame)) return NOTHING
  if (operations.size >= MOST_OPERATIONS) operations.delete(operations.keys().next().value)
  operations.set(id, NO_RESULT)
  return reply(id)
}

const forget = (id, operations) => operations.delete(id) ? [{ forget: id }] : NOTHING

const stop = (frame, operations) => forget(idOf(frame), operations)

const next = (frame, operations) => {
  const id = idOf(frame)
  const results = operations.get(id)
  if (results !== NO_RESULT) return forget(id, operations)
  const errors = memberOf(frame, memberOf(frame, 0, 'payload'), 'errors')
  operations.set(id, errors < 0 ? RESULT : FAILED_RESULT)
  return NOTHING
}

const complete = (frame, operations) => {
  const id = idOf(frame)
  const results = operations.get(id)
  if (!results) return forget(id, operations)
  operations.delete(id)
  return answered(id, results === FAILED_RESULT)
}

const error = (frame, operations) => {
  const id = idOf(frame)
  operations.delete(id)
  return failure(id)
}

const GRAPHQL_SENT = {
  connection_init: PAGE_OPEN,
  ping: PAGE_PING,
  subscribe: start,
  start,
  complete: stop,
  stop
}

const GRAPHQL_RECEIVED = {
  connection_ack: OPENED,
  connection_error: REFUSED,
  ping: BEAT,
  ka: BEAT,
  pong: PONG,
  next,
  data: next,
  complete,
  error
}

export const graphqlWs = {
  name: 'graphql-ws',
  subprotocol: /^graphql-(transport-)?ws$/,
  recognises: () => false, // browsers refuse an opening without the subprotocol they offered
  begin: () => new Map(), // what the operations with a single result have had, by id
  read: wordReader('type', GRAPHQL_SENT, GRAPHQL_RECEIVED)
}
