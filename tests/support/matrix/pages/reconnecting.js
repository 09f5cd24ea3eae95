import ReconnectingWebSocket from 'reconnecting-websocket'
import { RETRY_MS, next, publish, socketUrl } from './asks.js'

let socket
publish({
  start: url => {
    socket = new ReconnectingWebSocket(socketUrl(url, '/plain'), [], { minReconnectionDelay: RETRY_MS, maxReconnectionDelay: RETRY_MS })
  },
  ready: () => socket.readyState === 1,
  ask: async text => {
    const answer = next(socket)
    socket.send(text)
    await answer
  },
  end: () => socket.close()
})
