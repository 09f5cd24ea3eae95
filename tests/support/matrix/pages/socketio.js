import { io } from 'socket.io-client'
import { RETRY_MS, publish } from './asks.js'

let socket
publish({
  start: url => { socket = io(url, { reconnectionDelay: RETRY_MS, reconnectionDelayMax: RETRY_MS }) },
  ready: () => socket.connected && socket.io.engine.transport.name === 'websocket' && !socket.io.engine.upgrading,
  ask: text => socket.emitWithAck('ask', text),
  end: () => socket.disconnect()
})
