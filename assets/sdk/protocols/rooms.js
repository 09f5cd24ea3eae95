/* The protocol of this product's own `/ws` (docs/api.md), answered by the server's stack. A reply
 * repeats the id of its request; a message comes back to its sender. */

import { idOf, wordReader } from './events.js'
import { nameOf } from './scan.js'

/* Without an id a room tells which join (seed 1) or leave (seed 2) is answered. */
const roomId = (frame, seed) => idOf(frame) ?? nameOf(frame, 0, 'room', seed)

const ask = seed => (frame, tell) => tell.asksStack(roomId(frame, seed))
const answer = seed => (frame, tell) => tell.answers(roomId(frame, seed))
const again = (frame, tell) => tell.answers(idOf(frame))

const ID_MEMBER = '"id":("[^"]*"|\\d+)'
const REQUEST =
  new RegExp(`^\\{"type":("(join|leave)","room":"[^"]+"(,${ID_MEMBER})?|"ping",${ID_MEMBER})\\}$`)
const JOINED = /^\{"type": ?"joined", ?(?=.*"room": ?").*"members": ?\d+/

export const rooms = {
  name: 'rooms',
  recognises: ({ path }, text, isSent) =>
    /\/ws(\?|$)/.test(path) && (isSent ? REQUEST : JOINED).test(text),

  read: wordReader('type', [
    ['join', ask(1)],
    ['leave', ask(2)],
    ['message', (frame, tell) => tell.asksStack(idOf(frame))],
    ['ping', (frame, tell) => tell.asksBeat(idOf(frame))]
  ], [
    ['joined', answer(1)],
    ['left', answer(2)],
    ['message', again],
    ['pong', again],
    ['error', (frame, tell) => tell.fails(idOf(frame))]
  ])
}
