/* What the page calls, watched where it is defined: once for all monitors, with the property's
 * own attributes. Proxies of the native functions keep name, length and their native text.
 *
 * A watcher has `sent(data, isOpen)`, called after the native `send` or in place of its error, and
 * `closing(code)`, called after the native `close`; `unwatched(socket)` tells of all others. */

import { quietly } from '../core/limits.js'

export const CONNECTING = 0 // ready states
export const OPEN = 1
const watchersOf = new WeakMap() // socket -> watchers
const wrappedPrototypes = new WeakSet()
const strangers = new Set() // called with sockets that nobody watches
const nativeSend = new WeakMap() // prototype -> its own `send`

/* The page may replace it later, or already have its own on a socket. */
const { addEventListener: addNative } = EventTarget.prototype
export const listen = (target, type, listener) =>
  Reflect.apply(addNative, target, [type, quietly(listener)])

export const watch = (socket, watcher) => {
  watchersOf.set(socket, [...(watchersOf.get(socket) || []), watcher])
}

export const isWatched = socket => watchersOf.has(socket)

/* Have `unwatched` called with each socket used that nobody watches; answers how to end that. */
export const watchStrangers = unwatched => {
  strangers.add(unwatched)
  return () => strangers.delete(unwatched)
}

const watchers = socket => {
  const list = watchersOf.get(socket)
  if (list || !strangers.size) return list || []
  strangers.forEach(unwatched => quietly(unwatched)(socket))
  return watchersOf.get(socket) || []
}

const tell = (list, event, a, b) => {
  for (const watcher of list) {
    try {
      watcher[event](a, b)
    } catch { /* the monitor never breaks the page */ }
  }
}

const stateOf = socket => {
  try {
    return socket.readyState
  } catch {
    return undefined
  }
}

export const replace = (prototype, name, apply) => {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name)
  Object.defineProperty(prototype, name, { ...descriptor, value: new Proxy(descriptor.value, { apply }) })
}

const applySend = (native, socket, parameters) => {
  const list = watchers(socket)
  if (!list.length) return Reflect.apply(native, socket, parameters)
  const isOpen = stateOf(socket) === OPEN
  let isSent = false
  try {
    const returned = Reflect.apply(native, socket, parameters)
    isSent = true
    return returned
  } finally {
    if (isSent || !isOpen) tell(list, 'sent', parameters[0], isOpen)
  }
}

const applyClose = (native, socket, parameters) => {
  const list = watchers(socket)
  const state = list.length && stateOf(socket)
  const returned = Reflect.apply(native, socket, parameters)
  tell(list, 'closing', parameters[0], state)
  return returned
}

/* Watch `send` and `close` of `prototype`, that of a WebSocket constructor. */
export const wrapPrototype = prototype => {
  if (wrappedPrototypes.has(prototype)) return
  wrappedPrototypes.add(prototype)
  nativeSend.set(prototype, prototype.send)
  replace(prototype, 'send', applySend)
  replace(prototype, 'close', applyClose)
}

/* The prototype that defines `send` of `socket`, in whatever frame it was made. */
export const prototypeOf = socket => {
  let defining
  for (let at = socket; at; at = Object.getPrototypeOf(at)) if (Object.getOwnPropertyDescriptor(at, 'send')) defining = at
  return defining
}

/* `send` past all watchers. */
export const sendUnwatched = (prototype, socket, data) =>
  Reflect.apply(nativeSend.get(prototype), socket, [data])

/* Have `constructed(instance, parameters)` called with each instance made from now on by
 * `view[name]`; answers how to end that. */
export const wrapConstructor = (view, name, constructed) => {
  const native = view[name]
  const { prototype } = native
  const watching = new Proxy(native, {
    construct: (target, parameters, newTarget) => {
      const made = Reflect.construct(target, parameters, newTarget)
      quietly(constructed)(made, parameters)
      return made
    }
  })
  const isConstructor = prototype.constructor === native
  const put = constructor => {
    view[name] = constructor
    if (isConstructor) prototype.constructor = constructor
  }
  put(watching)
  return () => view[name] === watching && put(native)
}
