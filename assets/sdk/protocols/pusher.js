/* Pusher Channels, protocol 7, which Laravel Reverb, Soketi and Ably speak too:
 * https://pusher.com/docs/channels/library_auth_reference/pusher-websockets-protocol/.
 *
 * The server promises no beat: `activity_timeout` is the silence after which the page pings. A
 * subscription that is refused may end in an error without its channel: such an ask is `optional`. */

import { BEAT, FAILED, PAGE_PING, PONG, answered, latency, wordReader } from './events.js'
import { memberOf, nameOf, wordAt } from './scan.js'

const subscribe = frame =>
  latency(nameOf(frame, memberOf(frame, 0, 'data'), 'channel')).map(event => ({ ...event, optional: true }))

const PUSHER_SENT = { 'pusher:ping': PAGE_PING, 'pusher:subscribe': subscribe }

const PUSHER_RECEIVED = {
  'pusher:connection_established': BEAT,
  'pusher:ping': BEAT,
  'pusher:pong': PONG,
  'pusher:error': FAILED,
  'pusher_internal:subscription_succeeded': frame => answered(nameOf(frame, 0, 'channel')),
  'pusher:subscription_error': frame => answered(nameOf(frame, 0, 'channel'), true)
}

export const pusher = {
  name: 'pusher',

  recognises: ({ path }, text, isSent) => {
    const event = wordAt(text, memberOf(text, 0, 'event')) || ''
    if (!isSent && event === 'pusher:connection_established') return true
    return /\/app\/[^/?]+\?(.*&)?protocol=\d/.test(path) && event.startsWith('pusher:')
  },

  read: wordReader('event', PUSHER_SENT, PUSHER_RECEIVED)
}
