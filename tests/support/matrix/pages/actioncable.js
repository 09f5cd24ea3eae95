import { ConnectionMonitor, createConsumer } from '@rails/actioncable'
import { publish, socketUrl } from './asks.js'

ConnectionMonitor.staleThreshold = 3 // seconds; 6 by default
let consumer, subscription, received, isConnected
publish({
  start: url => {
    consumer = createConsumer(socketUrl(url, '/cable'))
    subscription = consumer.subscriptions.create('EchoChannel', {
      connected: () => { isConnected = true },
      disconnected: () => { isConnected = false },
      received: data => received(data)
    })
  },
  ready: () => isConnected,
  ask: text => new Promise(resolve => {
    received = resolve
    subscription.perform('echo', { text })
  }),
  end: () => consumer.disconnect()
})
