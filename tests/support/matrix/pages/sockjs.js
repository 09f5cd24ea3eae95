import SockJS from 'sockjs-client'
import { RETRY_MS, publish } from './asks.js'

let socket
let isEnded = false
const open = url => {
  socket = new SockJS(`${url}/echo`, null, { transports: ['websocket'] })
  socket.addEventListener('close', () => { if (!isEnded) setTimeout(() => open(url), RETRY_MS) })
}
publish({
  start: open,
  ready: () => socket.readyState === 1,
  ask: text => new Promise(resolve => {
    socket.onmessage = resolve
    socket.send(text)
  }),
  end: () => { isEnded = true; socket.close() }
})
