/* SignalR's hub protocol, JSON and MessagePack: dotnet/aspnetcore, docs/specs/HubProtocol.md.
 *
 * Text frames hold records that each end with 0x1e, binary frames messages behind their length.
 * Streams (types 2 and 4) take as long as they have items: they are no round trips. */

import { NOTHING, PAGE_OPEN, OPENED, REFUSED, answered, failure, joined, reply } from './events.js'
import { hashOf, idAt, latin, memberOf, numberOf, varintAt } from './scan.js'

const HUB_INTERVAL_MS = 15000 // KeepAliveInterval of the server, which it does not tell
const HUB_BEAT = [{ alive: true, usually: HUB_INTERVAL_MS }]
const SEPARATOR = '\x1e'

const INVOCATION = 1
const COMPLETION = 3
const KEEP_ALIVE = 6

const FIXED_ARRAY = 0x90
const FIXED_TEXT = 0xa0
const TEXT_8 = 0xd9
const NO_HEADERS = 0x80
const ERROR_RESULT = 1

/* What a message of `type` says; `id()` and `isError()` read on. */
const hubEvents = (type, isSent, id, isError) => {
  if (isSent) return type === INVOCATION ? reply(id()) : NOTHING
  if (type === KEEP_ALIVE) return HUB_BEAT
  if (type !== COMPLETION) return NOTHING
  return isError() ? failure(id()) : answered(id()) // a stream's failure counts too
}

const hubRecord = (frame, at, isSent) => hubEvents(
  numberOf(frame, at, 'type'),
  isSent,
  () => idAt(frame, memberOf(frame, at, 'invocationId')),
  () => memberOf(frame, at, 'error') >= 0
)

const readHubRecords = (frame, at, isSent) => {
  let events = NOTHING
  while (at < frame.length) {
    events = joined(events, hubRecord(frame, at, isSent))
    at = frame.indexOf(SEPARATOR, at) + 1 || frame.length
  }
  return events
}

/* `[type, headers, id, result kind or target, ...]`; messages with headers are left out. */
const hubMessage = (bytes, at, isSent) => {
  const isShort = (bytes[at + 3] & 0xe0) === FIXED_TEXT
  const start = isShort ? at + 4 : at + 5
  const end = start + (isShort ? bytes[at + 3] & 31 : bytes[at + 4])
  const hasId = bytes[at + 2] === NO_HEADERS && (isShort || bytes[at + 3] === TEXT_8)
  return (bytes[at] & 0xf0) !== FIXED_ARRAY ? NOTHING : hubEvents(
    bytes[at + 1],
    isSent,
    () => hasId && end < bytes.length ? hashOf(latin(bytes, start, end)) : undefined,
    () => bytes[end] === ERROR_RESULT
  )
}

const readHubMessages = (bytes, at, isSent) => {
  let events = NOTHING
  for (let size; at < bytes.length && (size = varintAt(bytes, at)); at = size.after + size.value) {
    events = joined(events, hubMessage(bytes, size.after, isSent))
  }
  return events
}

/* The server answers the handshake in JSON in both encodings: `{}` or `{"error": ...}`. */
const readOpening = (frame, state) => {
  const end = latin(frame).indexOf(SEPARATOR)
  state.isOpening = false
  return joined(end > 2 ? REFUSED : OPENED, readRest(frame, end < 0 ? frame.length : end + 1, false))
}

const readRest = (frame, at, isSent) =>
  typeof frame === 'string' ? readHubRecords(frame, at, isSent) : readHubMessages(frame, at, isSent)

const HANDSHAKE = /^\{"protocol":"\w+","version":\d+\}\x1e/

export const signalR = {
  name: 'signalr',
  recognises: (_, text, isSent) => isSent && HANDSHAKE.test(text),
  begin: () => ({ isOpening: false }),

  read: (frame, direction, state) => {
    const isSent = direction === 'sent'
    if (isSent && typeof frame === 'string' && HANDSHAKE.test(frame)) {
      state.isOpening = true
      return PAGE_OPEN
    }
    return !isSent && state.isOpening ? readOpening(frame, state) : readRest(frame, 0, isSent)
  }
}
