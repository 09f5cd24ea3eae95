/* Which protocol a socket speaks: by the subprotocol that the server chose, else by what only this
 * protocol says at the beginning, with the path where that would not be enough. */

import { actionCable } from './action-cable.js'
import { centrifuge } from './centrifuge.js'
import { ddp } from './ddp.js'
import { graphqlWs } from './graphql-ws.js'
import { jsonRpc } from './json-rpc.js'
import { mqtt } from './mqtt.js'
import { phoenix } from './phoenix.js'
import { pusher } from './pusher.js'
import { rooms } from './rooms.js'
import { latin } from './scan.js'
import { signalR } from './signalr.js'
import { socketIo } from './socket-io.js'
import { sockJsAround } from './sockjs.js'
import { stomp } from './stomp.js'

const firstOf = (readers, opening, frame, isSent) =>
  readers.find(({ subprotocols }) => subprotocols?.test(opening.subprotocol)) ||
  readers.find(reader => reader.recognises(opening, latin(frame), isSent))

const inner = [
  graphqlWs, mqtt, stomp, actionCable, centrifuge, socketIo, signalR, phoenix, pusher, ddp, rooms, jsonRpc
]
const all = [...inner, sockJsAround((...first) => firstOf(inner, ...first))]

/* The reader of a socket by one of its first frames, undefined if that does not tell.
 * `opening`: `path` with its query (`/socket.io/?EIO=4`) and the `subprotocol` agreed on, or ''. */
export const recognise = (opening, frame, isSent) => firstOf(all, opening, frame, isSent)
