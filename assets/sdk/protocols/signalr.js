/* SignalR's hub protocol, JSON and MessagePack: dotnet/aspnetcore, docs/specs/HubProtocol.md.
 *
 * Text frames hold records that each end with 0x1e, binary frames messages behind their length.
 * Streams (types 2 and 4) take as long as they have items: they are no round trips. How often the
 * server beats it does not tell. */

import { opened, pageOpen, refused } from './events.js'
import { eachMessage, eachRecord, has, hashOf, idIn, latin, numberOf } from './scan.js'

const SEPARATOR = '\x1e'

const INVOCATION = 1
const COMPLETION = 3

const FIXED_ARRAY = 0x90
const FIXED_TEXT = 0xa0
const TEXT_8 = 0xd9
const NO_HEADERS = 0x80
const ERROR_RESULT = 1

/* What a message of `type` says; `id()` and `isError()` read on. */
const follow = (type, isSent, tell, id, isError) => {
  if (isSent && type === INVOCATION) tell.asksApplication(id())
  if (isSent || type !== COMPLETION) return
  if (isError()) tell.fails(id()) // a stream's failure counts too
  else tell.answers(id())
}

const readRecord = (frame, at, isSent, tell) => follow(
  numberOf(frame, at, 'type'),
  isSent,
  tell,
  () => idIn(frame, at, 'invocationId'),
  () => has(frame, at, 'error')
)

/* `[type, headers, id, result kind or target, ...]`; messages with headers are left out. */
const readMessage = (bytes, at, isSent, tell) => {
  const [array, type, headers, text, length] = bytes.subarray(at)
  const isShort = (text & 0xe0) === FIXED_TEXT
  const start = isShort ? at + 4 : at + 5
  const end = start + (isShort ? text & 31 : length)
  const hasId = headers === NO_HEADERS && (isShort || text === TEXT_8) && end < bytes.length
  if ((array & 0xf0) !== FIXED_ARRAY) return
  const id = () => hasId ? hashOf(latin(bytes, start, end)) : undefined
  follow(type, isSent, tell, id, () => bytes[end] === ERROR_RESULT)
}

const readRest = (frame, at, isSent, tell) => typeof frame === 'string'
  ? eachRecord(frame, at, SEPARATOR, at => readRecord(frame, at, isSent, tell))
  : eachMessage(frame, at, at => readMessage(frame, at, isSent, tell))

/* The server answers the handshake in JSON in both encodings: `{}` or `{"error": ...}`. */
const readOpening = (frame, tell) => {
  const end = latin(frame).indexOf(SEPARATOR)
  const answered = end > 2 ? refused : opened
  answered(frame, tell)
  if (end >= 0) readRest(frame, end + 1, false, tell)
}

const HANDSHAKE = /^\{"protocol":"\w+","version":\d+\}\x1e/

export const signalR = {
  name: 'signalr',
  recognises: (_, text, isSent) => isSent && HANDSHAKE.test(text),
  begin: () => ({ isOpening: false }),

  read: (frame, isSent, tell, state) => {
    if (isSent && typeof frame === 'string' && HANDSHAKE.test(frame)) {
      state.isOpening = true
      pageOpen(frame, tell)
    } else if (isSent || !state.isOpening) {
      readRest(frame, 0, isSent, tell)
    } else {
      state.isOpening = false
      readOpening(frame, tell)
    }
  }
}
