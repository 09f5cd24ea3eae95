/* Action Cable (`actioncable-v1-json`): rails/rails, actioncable/lib/action_cable.
 *
 * Subscribing is answered; what a page performs on a channel is not, so there is no reply time.
 * The server repeats the identifier of a channel as Ruby writes it, whose JSON escapes other
 * characters than a browser's: identifiers are compared without escapes. */

import { wordReader } from './events.js'
import { nameOf } from './scan.js'

const EVERY_MS = 3000 // BEAT_INTERVAL of the server

const identifier = frame => nameOf(frame, 0, 'identifier')
const beat = (_, tell) => tell.promises(EVERY_MS)

const readSent = wordReader('command', [
  ['subscribe', (frame, tell) => tell.asksStack(identifier(frame))]
])

const readReceived = wordReader('type', [], [
  ['welcome', beat],
  ['ping', beat],
  ['confirm_subscription', (frame, tell) => tell.answers(identifier(frame))],
  ['reject_subscription', (frame, tell) => tell.answers(identifier(frame), true)]
])

export const actionCable = {
  name: 'actioncable',
  subprotocols: /^actioncable-v1-(ext-)?json$/,
  recognises: ({ path }, text, isSent) =>
    !isSent && /\/cable\b/.test(path) && text === '{"type":"welcome"}',
  read: (frame, isSent, ...more) => (isSent ? readSent : readReceived)(frame, isSent, ...more)
}
