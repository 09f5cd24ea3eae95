/* EventSource, counted as a stream of its own: one attempt after the other, by the browser. Events
 * with a name of their own are not counted: only their listeners know them. */

import { utf8Length } from '../core/payload.js'
import { createConnection } from './connection.js'
import { listen, watch } from './wrap.js'

const CLOSED = 2

export const observeSource = (monitor, source, { endpoint: name }, view) => {
  let connection
  const attempt = () => {
    connection = createConnection(monitor, source.url, { name, view })
    connection.endpoint.protocol = 'eventsource'
  }
  attempt()

  listen(source, 'open', () => connection.opened())
  listen(source, 'message', ({ data }) => connection.received(utf8Length(data)))
  listen(source, 'error', () => {
    connection.closed(undefined, false)
    if (source.readyState !== CLOSED) attempt() // the browser tries again
  })

  watch(source, {
    closing () {
      connection.concluded('abandoned')
      connection.ended({ isRequested: true })
      connection.closed(undefined, true)
    }
  })
}
