/* Meteor's DDP 1: meteor/meteor, packages/ddp/DDP.md. Methods and publications are an
 * application's: reply. How often a side pings is not announced. */

import {
  BEAT, NOTHING, PAGE_OPEN, OPENED, PAGE_PING, PONG, REFUSED, answered, idOf, joined, reply, wordReader
} from './events.js'
import { idAt, itemsOf, memberOf, wordAt } from './scan.js'

const SUBSCRIPTION_SEED = 1 // seed: methods and subscriptions count ids each for itself

const hasError = frame => memberOf(frame, 0, 'error') >= 0

const ready = frame => itemsOf(frame, memberOf(frame, 0, 'subs'))
  .reduce((events, at) => joined(events, answered(idAt(frame, at, SUBSCRIPTION_SEED))), NOTHING)

const DDP_SENT = {
  connect: PAGE_OPEN,
  ping: PAGE_PING,
  method: frame => reply(idOf(frame)),
  sub: frame => reply(idOf(frame, SUBSCRIPTION_SEED))
}

const DDP_RECEIVED = {
  connected: OPENED,
  failed: REFUSED,
  ping: BEAT,
  pong: PONG,
  result: frame => answered(idOf(frame), hasError(frame)),
  nosub: frame => answered(idOf(frame, SUBSCRIPTION_SEED), hasError(frame)),
  ready
}

export const ddp = {
  name: 'ddp',

  recognises: (_, text, isSent) => {
    const msg = wordAt(text, memberOf(text, 0, 'msg'))
    if (!isSent) return msg === 'connected' && memberOf(text, 0, 'session') >= 0
    return msg === 'connect' && memberOf(text, 0, 'support') >= 0
  },

  read: wordReader('msg', DDP_SENT, DDP_RECEIVED)
}
