/* Meteor's DDP 1: meteor/meteor, packages/ddp/DDP.md. Methods and publications are an
 * application's. How often a side pings is not announced. */

import { idOf, opened, pageOpen, pagePing, pong, refused, wordReader } from './events.js'
import { has, idAt, itemsOf, memberOf, wordIn } from './scan.js'

const SUBSCRIPTION_SEED = 1 // seed: methods and subscriptions count ids each for itself

const answer = seed => (frame, tell) => tell.answers(idOf(frame, seed), has(frame, 0, 'error'))

export const ddp = {
  name: 'ddp',

  recognises: (_, text, isSent) => {
    const [word, member] = isSent ? ['connect', 'support'] : ['connected', 'session']
    return wordIn(text, 0, 'msg') === word && has(text, 0, member)
  },

  read: wordReader('msg', [
    ['connect', pageOpen],
    ['ping', pagePing],
    ['method', (frame, tell) => tell.asksApplication(idOf(frame))],
    ['sub', (frame, tell) => tell.asksApplication(idOf(frame, SUBSCRIPTION_SEED))]
  ], [
    ['connected', opened],
    ['failed', refused],
    ['pong', pong],
    ['result', answer()],
    ['nosub', answer(SUBSCRIPTION_SEED)],
    ['ready', (frame, tell) => itemsOf(frame, memberOf(frame, 0, 'subs'))
      .forEach(at => tell.answers(idAt(frame, at, SUBSCRIPTION_SEED)))]
  ])
}
