import { createClient } from 'graphql-ws'
import { RETRY_MS, publish, socketUrl } from './asks.js'

/* With the liveness check of its documentation: a pong that stays away ends the socket. */
const isLazy = location.search.includes('lazy')
let socket, client, timer
const on = {
  connected: opened => { socket = opened },
  ping: received => {
    if (!received) timer = setTimeout(() => socket.readyState === 1 && socket.close(4408, 'Request Timeout'), 2500)
  },
  pong: received => { if (received) clearTimeout(timer) }
}
publish({
  start: url => {
    client = createClient({
      url: socketUrl(url, '/graphql'),
      lazy: isLazy,
      lazyCloseTimeout: 300,
      onNonLazyError: () => {},
      keepAlive: 1000,
      retryAttempts: Infinity,
      shouldRetry: () => true,
      retryWait: () => new Promise(resolve => setTimeout(resolve, RETRY_MS)),
      on
    })
  },
  ready: () => isLazy || (socket && socket.readyState === 1),
  ask: text => new Promise((resolve, reject) => {
    client.subscribe({ query: 'query ($text: String) { echo(text: $text) }', variables: { text } },
      { next: () => {}, error: reject, complete: resolve })
  }),
  end: () => client.dispose()
})
