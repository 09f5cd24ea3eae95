/* WebSocketStream (Chromium): a connection by promises, its messages by streams. They are passed
 * through counting streams that hold back as the native ones do. */

import { NO_CODE } from '../core/ends.js'
import { quietly } from '../core/limits.js'
import { size } from '../core/payload.js'
import { createConnection } from './connection.js'
import { listen, openedOf, watch } from './wrap.js'

const ignored = () => {}

export const observeStream = (monitor, stream, { endpoint: name }, view, [, { signal } = {}]) => {
  const connection = createConnection(monitor, stream.url, { name, view })
  const native = stream.opened
  const abandoned = quietly(() => connection.concluded('abandoned'))

  /* The page ends it, perhaps with a code. */
  const closing = quietly(info => {
    abandoned()
    if (connection.isOpen()) connection.closing(info?.closeCode ?? NO_CODE)
  })

  const counting = count => new TransformStream({
    transform: (chunk, controller) => {
      quietly(() => count(size(chunk)))()
      controller.enqueue(chunk)
    },
    flush: () => closing(),
    cancel: reason => closing(reason)
  })

  /* What the page gets when the connection is open. */
  const opened = ({ readable, writable, ...rest }) => {
    connection.opened()
    const outgoing = counting(connection.sent)
    outgoing.readable.pipeTo(writable).catch(ignored)
    const incoming = readable.pipeThrough(counting(connection.received))
    return { ...rest, readable: incoming, writable: outgoing.writable }
  }

  const closed = isClean => ({ closeCode }) => connection.closed(closeCode ?? undefined, isClean)
  stream.closed.then(closed(true), closed(false)).catch(ignored)
  watch(stream, { closing })
  openedOf.set(native, native.then(opened))
  openedOf.get(native).catch(ignored)
  if (signal) listen(signal, 'abort', abandoned)
}
