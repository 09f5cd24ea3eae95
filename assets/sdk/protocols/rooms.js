/* The protocol of this product's own `/ws` (docs/api.md). The server's stack answers all of
 * it: latency. A reply repeats the id of its request; a message comes back to its sender. */

import { NOTHING, answered, failure, heartbeat, idOf, latency, wordReader } from './events.js'
import { nameOf } from './scan.js'

/* Without an id a room tells which join (seed 1) or leave (seed 2) is answered. */
const roomId = (frame, seed) => idOf(frame) ?? nameOf(frame, 0, 'room', seed)

const roomPing = frame => {
  const id = idOf(frame)
  return id === undefined ? NOTHING : heartbeat(id)
}

const ROOMS_SENT = {
  join: frame => latency(roomId(frame, 1)),
  leave: frame => latency(roomId(frame, 2)),
  message: frame => latency(idOf(frame)),
  ping: roomPing
}

const again = frame => answered(idOf(frame))

const ROOMS_RECEIVED = {
  joined: frame => answered(roomId(frame, 1)),
  left: frame => answered(roomId(frame, 2)),
  message: again,
  pong: again,
  error: frame => failure(idOf(frame))
}

const ID_MEMBER = '"id":("[^"]*"|\\d+)'
const REQUEST =
  new RegExp(`^\\{"type":("(join|leave)","room":"[^"]+"(,${ID_MEMBER})?|"ping",${ID_MEMBER})\\}$`)
const JOINED = /^\{"type": ?"joined", ?(?=.*"room": ?").*"members": ?\d+/

export const rooms = {
  name: 'rooms',
  recognises: ({ path }, text, isSent) =>
    /\/ws(\?|$)/.test(path) && (isSent ? REQUEST : JOINED).test(text),
  read: wordReader('type', ROOMS_SENT, ROOMS_RECEIVED)
}
