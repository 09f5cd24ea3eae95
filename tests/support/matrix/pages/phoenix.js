import { Socket } from 'phoenix'
import { RETRY_MS, publish, socketUrl } from './asks.js'

let socket, channel
publish({
  start: url => {
    socket = new Socket(socketUrl(url, '/socket'), { heartbeatIntervalMs: 2000, reconnectAfterMs: () => RETRY_MS, rejoinAfterMs: () => RETRY_MS })
    socket.connect()
    channel = socket.channel('room:lobby')
    channel.join()
  },
  ready: () => socket.isConnected() && channel.state === 'joined',
  ask: text => new Promise((resolve, reject) => {
    channel.push('ask', { text }).receive('ok', resolve).receive('timeout', reject)
  }),
  end: () => socket.disconnect()
})
