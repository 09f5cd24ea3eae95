/* What a reader says of a frame: an array of events, the same one each time where possible.
 *
 * `{ ask, figure, heartbeat?, optional? }`  the page sent what the peer answers under this id;
 *     `optional`: the peer may rightly never do so
 * `{ answer, failed? }`  the peer answered it; an answer to nothing asked is to be ignored
 * `{ forget }`  what was asked will not be answered with a time that counts
 * `{ alive, every?, usually? }`  a beat; the longest silence in ms that the peer has promised, or
 *     that is the protocol's default where servers do not tell theirs
 * `{ failed }`  a failure by itself */

import { idAt, memberOf, wordAt } from './scan.js'

export const NOTHING = Object.freeze([])

const PING_ID = -1 // hashes are never negative
const OPENING_ID = -2
const LONGEST_PROMISE_MS = 3600000

/* Round trips: `latency` of a library or the server's stack, `reply` of an application. */
export const latency = id => id === undefined ? NOTHING : [{ ask: id, figure: 'latency' }]
export const reply = (id, more) => id === undefined ? NOTHING : [{ ask: id, figure: 'reply', ...more }]
export const answered = (id, failed) =>
  id === undefined ? NOTHING : [failed ? { answer: id, failed: true } : { answer: id }]

export const heartbeat = id => [{ ask: id, figure: 'latency', heartbeat: true }]
export const PAGE_PING = heartbeat(PING_ID)
export const PONG = answered(PING_ID)
export const PAGE_OPEN = latency(OPENING_ID)
export const OPENED = answered(OPENING_ID)
export const REFUSED = answered(OPENING_ID, true)
export const BEAT = [{ alive: true }]
export const promised = every =>
  every > 0 && every <= LONGEST_PROMISE_MS ? [{ alive: true, every }] : NOTHING
export const FAILED = [{ failed: true }]

/* Both; may append to `events`: constants hold a single event, so a longer array is the frame's own. */
export const joined = (events, more) => {
  if (!more.length || !events.length) return more.length ? more : events
  if (events.length === 1) return events.concat(more)
  events.push(...more)
  return events
}

/* A failure that counts, with an id or without, whether or not that was asked. */
export const failure = id => joined(answered(id), FAILED)

/* The id of an object, its member `id`. */
export const idOf = (frame, seed) => idAt(frame, memberOf(frame, 0, 'id'), seed)

/* `read` of a protocol of text frames, `sent(frame, state)` and `received(frame, state)`. */
export const textReader = (sent, received) => (frame, direction, state) => {
  if (typeof frame !== 'string') return NOTHING
  return direction === 'sent' ? sent(frame, state) : received(frame, state)
}

/* `read` of a protocol of JSON objects whose member `key` says what they are: for each such word
 * the events, or a function of frame and state. */
export const wordReader = (key, sent, received) => {
  const by = words => {
    const table = new Map(Object.entries(words))
    return (frame, state) => {
      const events = table.get(wordAt(frame, memberOf(frame, 0, key))) || NOTHING
      return typeof events === 'function' ? events(frame, state) : events
    }
  }
  return textReader(by(sent), by(received))
}
