import { Centrifuge } from 'centrifuge'
import { RETRY_MS, publish, socketUrl } from './asks.js'

let client
publish({
  start: url => {
    client = new Centrifuge(socketUrl(url, '/connection'), { minReconnectDelay: RETRY_MS, maxReconnectDelay: RETRY_MS, maxServerPingDelay: 2500 })
    client.on('error', () => {})
    client.connect()
  },
  ready: () => client.state === 'connected',
  ask: text => client.rpc('echo', { text }),
  end: () => client.disconnect()
})
