/* STOMP 1.0 to 1.2: https://stomp.github.io/stomp-specification-1.2.html.
 *
 * Header lines behind the command, an empty line, the body. A frame that was split over several
 * messages is read by its first. */

import { BEAT, NOTHING, PAGE_OPEN, OPENED, answered, failure, joined, latency, promised } from './events.js'
import { hashOf, latin } from './scan.js'

const CONNECT_FRAME = /^(CONNECT|STOMP)\r?\n/
const BODY = /\n\r?\n/

/* Value of the first header `name`; undefined when there is none, or only in the body. */
const header = (frame, name) => {
  const start = frame.indexOf(`\n${name}:`)
  if (start < 0 || BODY.test(frame.slice(0, start + 1))) return undefined
  const end = frame.indexOf('\n', start + 1)
  return end < 0 ? undefined : frame.slice(start + name.length + 2, end).trimEnd()
}

const receiptIn = (frame, name) => {
  const id = header(frame, name)
  return id ? hashOf(id) : undefined
}

/* The two numbers of `heart-beat:can send,wants`, in ms. */
const beats = frame => (header(frame, 'heart-beat') || '').split(',').map(Number)

const stompSent = (frame, state) => {
  if (!CONNECT_FRAME.test(frame)) return latency(receiptIn(frame, 'receipt'))
  state.wants = beats(frame)[1]
  return PAGE_OPEN
}

/* The server beats as often as it can and the page wants it to, or not at all. */
const connected = (frame, { wants }) => {
  const [sends] = beats(frame)
  return joined(OPENED, sends && wants ? promised(Math.max(sends, wants)) : NOTHING)
}

const stompReceived = (frame, state) => {
  if (frame.startsWith('MESSAGE')) return NOTHING
  if (frame === '\n' || frame === '\r\n') return BEAT
  if (frame.startsWith('CONNECTED')) return connected(frame, state)
  if (frame.startsWith('ERROR')) return failure(receiptIn(frame, 'receipt-id'))
  return frame.startsWith('RECEIPT') ? answered(receiptIn(frame, 'receipt-id')) : NOTHING
}

export const stomp = {
  name: 'stomp',
  subprotocol: /^v1[0-2]\.stomp$/,
  recognises: (_, text, isSent) => isSent && /^(CONNECT|STOMP)\r?\n[\w-]+:/.test(text),
  begin: () => ({ wants: 0 }),
  read: (frame, direction, state) => (direction === 'sent' ? stompSent : stompReceived)(latin(frame), state)
}
