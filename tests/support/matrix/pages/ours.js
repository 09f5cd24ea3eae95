import { RETRY_MS, next, publish, socketUrl } from './asks.js'

let socket
const open = url => {
  socket = new WebSocket(socketUrl(url, '/ws'))
  socket.addEventListener('close', () => setTimeout(() => open(url), RETRY_MS))
}

publish({
  start: open,
  ready: () => socket.readyState === WebSocket.OPEN,
  ask: async text => {
    const answer = next(socket)
    socket.send(JSON.stringify({ type: 'ping', id: text }))
    await answer
  },
  end: () => socket.close(1000)
})
