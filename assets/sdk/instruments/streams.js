/* WebSocketStream (Chromium): a connection by promises, its messages by streams. They are passed
 * through counting streams that hold back as the native ones do. */

import { NO_CODE } from '../core/ends.js'
import { quietly } from '../core/limits.js'
import { size } from '../core/payload.js'
import { createConnection } from './connection.js'
import { listen, watch } from './wrap.js'

const openedOf = new WeakMap() // native promise -> that of the page
const wrappedStreams = new WeakSet() // prototypes

/* Have `opened` give what the monitor put in the native promise's place. */
const wrapOpened = prototype => {
  if (wrappedStreams.has(prototype)) return
  wrappedStreams.add(prototype)
  const descriptor = Object.getOwnPropertyDescriptor(prototype, 'opened')
  const get = new Proxy(descriptor.get, {
    apply: (native, stream, parameters) => {
      const promise = Reflect.apply(native, stream, parameters)
      return openedOf.get(promise) || promise
    }
  })
  Object.defineProperty(prototype, 'opened', { ...descriptor, get })
}

const ignored = () => {}

export const observeStream = (monitor, stream, { endpoint: name }, view, [, { signal } = {}]) => {
  const connection = createConnection(monitor, stream.url, { name, view })
  const native = stream.opened
  const abandoned = quietly(() => connection.concluded('abandoned'))

  /* The page ends it; an undefined code is none. */
  const closing = quietly(({ closeCode = NO_CODE } = {}) => {
    abandoned()
    if (connection.isOpen()) connection.closing(closeCode)
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
    return { ...rest, readable: readable.pipeThrough(counting(connection.received)), writable: outgoing.writable }
  }

  const closed = isClean => ({ closeCode }) => connection.closed(closeCode ?? undefined, isClean)
  stream.closed.then(closed(true), closed(false)).catch(ignored)
  watch(stream, { closing })
  wrapOpened(Object.getPrototypeOf(stream)) 
  openedOf.set(native, native.then(opened))
  openedOf.get(native).catch(ignored)
  if (signal) listen(signal, 'abort', abandoned)
}
