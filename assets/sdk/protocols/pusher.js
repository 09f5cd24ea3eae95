/* Pusher Channels, protocol 7, which Laravel Reverb, Soketi and Ably speak too:
 * pusher.com/docs/channels/library_auth_reference/pusher-websockets-protocol/.
 *
 * The server promises no beat: `activity_timeout` is the silence after which the page pings. A
 * subscription that is refused may end in an error without its channel: such an ask is optional. */

import { pagePing, pong, wordReader } from './events.js'
import { memberOf, nameOf, wordIn } from './scan.js'

const channel = (frame, at = 0) => nameOf(frame, at, 'channel')

export const pusher = {
  name: 'pusher',

  recognises: ({ path }, text, isSent) => {
    const event = wordIn(text, 0, 'event') || ''
    return (!isSent && event === 'pusher:connection_established') ||
      (/\/app\/[^/?]+\?(.*&)?protocol=\d/.test(path) && event.startsWith('pusher:'))
  },

  read: wordReader('event', [
    ['pusher:ping', pagePing],
    ['pusher:subscribe', (frame, tell) => tell.asksStack(channel(frame, memberOf(frame, 0, 'data')), true)]
  ], [
    ['pusher:pong', pong],
    ['pusher:error', (_, tell) => tell.fails()],
    ['pusher_internal:subscription_succeeded', (frame, tell) => tell.answers(channel(frame))],
    ['pusher:subscription_error', (frame, tell) => tell.answers(channel(frame), true)]
  ])
}
