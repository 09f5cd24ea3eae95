/* WebSocketStream (Chromium): a connection by promises, its messages by streams. They are passed
 * through counting streams that hold back as the native ones do. */

import { NO_CODE } from '../core/ends.js'
import { size } from '../core/payload.js'
import { quietly } from '../core/limits.js'
import { Connection } from './connection.js'
import { replace, wrapConstructor } from './wrap.js'

const wrappedStreams = new WeakSet() // prototypes
const observedStreams = new WeakMap() // stream -> its observation
const openedOf = new WeakMap() // native promise -> that of the page

class StreamObservation {
  constructor (monitor, stream, options) {
    this.connection = new Connection(monitor, stream.url, options)
    this.monitor = monitor
    const { closed } = stream
    closed.then(({ closeCode: code }) => this.closed({ code, isClean: true }), ({ closeCode: code }) =>
      this.closed({ code: code ?? undefined, isClean: false })).catch(() => undefined)
  }

  /* What the page gets when the connection is open. */
  opened ({ readable, writable, ...rest }) {
    this.connection.opened()
    const outgoing = this.counting(length => this.connection.countSent(length))
    outgoing.readable.pipeTo(writable).catch(() => undefined)
    const incoming = this.counting(length => {
      this.connection.heard()
      this.connection.countReceived(length)
    })
    return { ...rest, readable: readable.pipeThrough(incoming), writable: outgoing.writable }
  }

  counting (count) {
    const requested = quietly(reason => this.closing(reason && reason.closeCode))
    return new TransformStream({
      transform: (chunk, controller) => {
        quietly(() => count(size(chunk)))()
        controller.enqueue(chunk)
      },
      flush: () => quietly(() => this.connection.isOpen && requested())(),
      cancel: reason => requested(reason)
    })
  }

  /* The page ends it. */
  closing (code = NO_CODE) {
    if (this.connection.isConnecting) this.connection.concluded('abandoned')
    if (!this.connection.isOpen) return
    this.connection.tally.closeGiven(code)
    this.connection.ended({ isRequested: true })
  }

  closed (facts) {
    this.connection.closed(facts)
    this.monitor.forget(this)
  }

  detached () {
    this.connection.detached()
    this.monitor.forget(this)
  }
}

const wrapPrototypeOfStreams = prototype => {
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
  replace(prototype, 'close', (native, stream, parameters) => {
    const returned = Reflect.apply(native, stream, parameters)
    quietly(() => observedStreams.get(stream)?.closing(parameters[0]?.closeCode))()
    return returned
  })
}

/* Observe each stream that `view` opens from now on, with `optionsOf(url)`; null leaves it alone.
 * Answers how to end that. */
export const watchStreams = (monitor, view, optionsOf) => {
  wrapPrototypeOfStreams(view.WebSocketStream.prototype)
  return wrapConstructor(view, 'WebSocketStream', (stream, [, { signal } = {}]) => {
    const options = optionsOf(stream.url)
    const native = stream.opened
    if (options === null || !monitor.isOn) return
    const observation = new StreamObservation(monitor, stream, { name: options.endpoint })
    observedStreams.set(stream, observation)
    monitor.observations.add(observation)
    openedOf.set(native, native.then(parts => observation.opened(parts)))
    openedOf.get(native).catch(() => undefined)
    signal?.addEventListener('abort', quietly(() => observation.connection.concluded('abandoned')))
  })
}
