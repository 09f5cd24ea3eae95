import Pusher from 'pusher-js'
import { publish } from './asks.js'

let client, channel
publish({
  start: url => {
    const { hostname, port } = new URL(url)
    client = new Pusher('key', {
      wsHost: hostname, wsPort: Number(port), forceTLS: false, cluster: 'none', enabledTransports: ['ws'], disableStats: true, activityTimeout: 1000, pongTimeout: 2500, unavailableTimeout: 1000
    })
    channel = client.subscribe('news')
  },
  ready: () => client.connection.state === 'connected' && channel.subscribed,
  ask: text => new Promise(resolve => {
    channel.bind('client-echo', () => { channel.unbind('client-echo'); resolve() })
    client.send_event('client-echo', { text }, 'news')
  }),
  end: () => client.disconnect()
})
