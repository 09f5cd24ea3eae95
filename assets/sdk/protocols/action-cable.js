/* Action Cable (`actioncable-v1-json`): rails/rails, actioncable/lib/action_cable.
 *
 * Subscribing is answered; what a page performs on a channel is not, so there is no reply time.
 * The server repeats the identifier of a channel as Ruby writes it, whose JSON escapes other
 * characters than a browser's: identifiers are compared without escapes. */

import { answered, latency, wordReader } from './events.js'
import { nameOf } from './scan.js'

const EVERY_MS = 3000 // BEAT_INTERVAL of the server
const CABLE_BEAT = [{ alive: true, every: EVERY_MS }]

const identifier = frame => nameOf(frame, 0, 'identifier')

const CABLE_SENT = { subscribe: frame => latency(identifier(frame)) }

const CABLE_RECEIVED = {
  welcome: CABLE_BEAT,
  ping: CABLE_BEAT,
  confirm_subscription: frame => answered(identifier(frame)),
  reject_subscription: frame => answered(identifier(frame), true)
}

const readSent = wordReader('command', CABLE_SENT, {})
const readReceived = wordReader('type', {}, CABLE_RECEIVED)

export const actionCable = {
  name: 'actioncable',
  subprotocol: /^actioncable-v1-(ext-)?json$/,
  recognises: ({ path }, text, isSent) =>
    !isSent && /\/cable\b/.test(path) && text === '{"type":"welcome"}',
  read: (frame, direction) => (direction === 'sent' ? readSent : readReceived)(frame, direction)
}
