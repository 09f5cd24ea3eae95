import { Client } from '@stomp/stompjs'
import { RETRY_MS, publish, socketUrl } from './asks.js'

let client
let last = 0
publish({
  start: url => {
    client = new Client({ brokerURL: socketUrl(url, '/stomp'), reconnectDelay: RETRY_MS, heartbeatIncoming: 2000, heartbeatOutgoing: 1000 })
    client.activate()
  },
  ready: () => client.connected,
  ask: text => new Promise(resolve => {
    const receipt = `receipt-${last++}`
    client.watchForReceipt(receipt, resolve)
    client.publish({ destination: '/echo', body: text, headers: { receipt } })
  }),
  end: () => client.deactivate()
})
