import { RETRY_MS, next, publish, socketUrl } from './asks.js'

let socket
let isEnded = false
const open = url => {
  socket = new WebSocket(socketUrl(url, '/plain'))
  socket.addEventListener('close', () => { if (!isEnded) setTimeout(() => open(url), RETRY_MS) })
}

publish({
  start: open,
  ready: () => socket.readyState === WebSocket.OPEN,
  ask: async text => {
    const answer = next(socket)
    socket.send(text)
    await answer
  },
  end: () => { isEnded = true; socket.close(1000) }
})
