import mqtt from 'mqtt'
import { RETRY_MS, publish, socketUrl } from './asks.js'

let client
publish({
  start: url => {
    client = mqtt.connect(socketUrl(url, '/mqtt'), { keepalive: 2, reconnectPeriod: RETRY_MS })
    client.on('error', () => {})
  },
  ready: () => client.connected,
  ask: text => client.publishAsync('news', text, { qos: 1 }),
  end: () => client.end()
})
