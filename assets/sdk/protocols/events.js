/* What a reader tells of a frame, as calls of `tell` (instruments/reading.js); ids as from scan.js,
 * undefined for none, which says nothing:
 *
 * `asksStack(id, isOptional)`  the page sent what a library or the server's stack answers at once;
 *     `isOptional`: the peer may rightly never answer it
 * `asksApplication(id, isOptional)`  it sent what an application answers
 * `asksBeat(id)`  it sent a heartbeat
 * `answers(id, isFailed)`  the peer answered it; an answer to nothing asked is to be ignored
 * `fails(id)`  a failure that counts, with an id or without, whether or not that was asked
 * `forgets(id)`  what was asked will not be answered with a time that counts
 * `promises(ms)`  the peer will not be silent for longer */

import { idIn, wordIn } from './scan.js'

const PING_ID = -1 // hashes are never negative
const OPENING_ID = -2

export const pagePing = (_, tell) => tell.asksBeat(PING_ID)
export const pong = (_, tell) => tell.answers(PING_ID)
export const pageOpen = (_, tell) => tell.asksStack(OPENING_ID)
export const opened = (_, tell) => tell.answers(OPENING_ID)
export const refused = (_, tell) => tell.answers(OPENING_ID, true)

/* The id of an object, its member `id`. */
export const idOf = (frame, seed) => idIn(frame, 0, 'id', seed)

/* `read` of a protocol of JSON objects whose member `key` says what they are: for each such word,
 * sent or received, a function of frame, `tell` and state. Lists, for the build shortens keys. */
export const wordReader = (key, sent, received) => {
  const [onSent, onReceived] = [new Map(sent), new Map(received)]
  return (frame, isSent, tell, state) => {
    if (typeof frame !== 'string') return
    const follow = (isSent ? onSent : onReceived).get(wordIn(frame, 0, key))
    if (follow) follow(frame, tell, state)
  }
}
