/* EventSource, counted as a stream of its own: one attempt after the other, by the browser. Events
 * with a name of their own are not counted: only their listeners know them. */

import { quietly } from '../core/limits.js'
import { utf8Length } from '../core/payload.js'
import { Connection } from './connection.js'
import { listen, replace, wrapConstructor } from './wrap.js'

const CLOSED = 2
const wrappedSources = new WeakSet() // prototypes
const observedSources = new WeakMap() // source -> its observation

class SourceObservation {
  constructor (monitor, source, options) {
    Object.assign(this, { monitor, source, options })
    this.attempt()
    listen(source, 'open', () => this.connection.opened())
    listen(source, 'message', ({ data }) => {
      this.connection.heard()
      this.connection.countReceived(utf8Length(data))
    })
    listen(source, 'error', () => this.erred())
  }

  attempt () {
    this.connection = new Connection(this.monitor, this.source.url, this.options)
    this.connection.endpoint.protocol = 'eventsource'
  }

  /* The browser tries again unless it gave up. */
  erred () {
    this.connection.closed({ isClean: false })
    if (this.source.readyState !== CLOSED) this.attempt()
    else this.monitor.forget(this)
  }

  closing () {
    this.connection.concluded('abandoned')
    this.connection.ended({ isRequested: true })
    this.connection.closed({ isClean: true })
    this.monitor.forget(this)
  }

  detached () {
    this.connection.detached()
    this.monitor.forget(this)
  }
}

const wrapPrototypeOfSources = prototype => {
  if (wrappedSources.has(prototype)) return
  wrappedSources.add(prototype)
  replace(prototype, 'close', (native, source, parameters) => {
    const returned = Reflect.apply(native, source, parameters)
    quietly(() => observedSources.get(source)?.closing())()
    return returned
  })
}

/* Observe each source that `view` opens from now on, with `optionsOf(url)`; null leaves it alone.
 * Answers how to end that. */
export const watchSources = (monitor, view, optionsOf) => {
  wrapPrototypeOfSources(view.EventSource.prototype)
  return wrapConstructor(view, 'EventSource', source => {
    const options = optionsOf(source.url)
    if (options === null || !monitor.isOn) return
    const observation = new SourceObservation(monitor, source, { name: options.endpoint })
    observedSources.set(source, observation)
    monitor.observations.add(observation)
  })
}
