/* STOMP 1.0 to 1.2: stomp.github.io/stomp-specification-1.2.html.
 *
 * Header lines behind the command, an empty line, the body. A frame that was split over several
 * messages is read by its first. */

import { opened, pageOpen } from './events.js'
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

const readSent = (frame, tell, state) => {
  if (!CONNECT_FRAME.test(frame)) return tell.asksStack(receiptIn(frame, 'receipt'))
  state.wants = beats(frame)[1]
  pageOpen(frame, tell)
}

const readReceived = (frame, tell, { wants }) => {
  if (frame.startsWith('MESSAGE')) return
  if (frame.startsWith('CONNECTED')) {
    const [sends] = beats(frame)
    opened(frame, tell)
    if (sends && wants) tell.promises(Math.max(sends, wants)) // else it does not beat
  }
  if (frame.startsWith('ERROR')) tell.fails(receiptIn(frame, 'receipt-id'))
  if (frame.startsWith('RECEIPT')) tell.answers(receiptIn(frame, 'receipt-id'))
}

export const stomp = {
  name: 'stomp',
  subprotocols: /^v1[0-2]\.stomp$/,
  recognises: (_, text, isSent) => isSent && /^(CONNECT|STOMP)\r?\n[\w-]+:/.test(text),
  begin: () => ({ wants: 0 }),
  read: (frame, isSent, tell, state) => (isSent ? readSent : readReceived)(latin(frame), tell, state)
}
