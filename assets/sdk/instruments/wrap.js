/* What the page calls, watched where it is defined: once for all monitors, with the property's
 * own attributes. Proxies of the native functions keep name, length and their native text.
 *
 * A watcher has `sent(data, isOpen)`, called after the native `send` or in place of its error, and
 * `closing(code, state)`, called after the native `close`; `unwatched(socket)` tells of all others. */

import { quietly } from '../core/limits.js'

export const CONNECTING = 0 // ready states
export const OPEN = 1
const watchersOf = new WeakMap() // socket -> watchers
export const openedOf = new WeakMap() // promise `opened` of a stream -> what the page gets in its place
const strangers = new Set() // called with sockets that nobody watches
const nativeSend = new WeakMap() // prototype that is wrapped -> its own `send`
const { apply, construct } = Reflect
const { getOwnPropertyDescriptor, defineProperty, getPrototypeOf } = Object

/* The page may replace it later, or already have its own on a socket. */
const { addEventListener: addNative } = EventTarget.prototype
export const listen = (target, type, listener) => apply(addNative, target, [type, quietly(listener)])

export const isWatched = socket => watchersOf.has(socket)

export const watch = (socket, { sent, closing }) => {
  const watcher = { sent: quietly(sent), closing: quietly(closing) }
  watchersOf.set(socket, [...(watchersOf.get(socket) || []), watcher])
}

/* Have `unwatched` called with each socket used that nobody watches; answers how to end that. */
export const watchStrangers = unwatched => {
  const stranger = quietly(unwatched)
  strangers.add(stranger)
  return () => strangers.delete(stranger)
}

const watchers = socket => {
  const list = watchersOf.get(socket)
  if (list) return list
  strangers.forEach(unwatched => unwatched(socket))
  return watchersOf.get(socket) || []
}

const stateOf = quietly(socket => socket.readyState)

/* `kind` of property: 'value' of a method, 'get' of a getter. */
const replace = (prototype, name, kind, apply) => {
  const descriptor = getOwnPropertyDescriptor(prototype, name)
  if (!descriptor) return
  defineProperty(prototype, name, { ...descriptor, [kind]: new Proxy(descriptor[kind], { apply }) })
}

const applySend = (native, socket, parameters) => {
  const list = watchers(socket)
  if (!list.length) return apply(native, socket, parameters)
  const isOpen = stateOf(socket) === OPEN
  let isCounted = !isOpen // an error of an open socket is one of the page
  try {
    const returned = apply(native, socket, parameters)
    isCounted = true
    return returned
  } finally {
    if (isCounted) list.forEach(({ sent }) => sent(parameters[0], isOpen))
  }
}

const applyClose = (native, socket, parameters) => {
  const list = watchers(socket)
  const state = list.length && stateOf(socket)
  const returned = apply(native, socket, parameters)
  list.forEach(({ closing }) => closing(parameters[0], state))
  return returned
}

const applyOpened = (native, stream, parameters) => {
  const promise = apply(native, stream, parameters)
  return openedOf.get(promise) || promise
}

/* Watch `send`, `close` and `opened` of `prototype`, that of a constructor of sockets or streams. */
export const wrapPrototype = prototype => {
  if (nativeSend.has(prototype)) return
  nativeSend.set(prototype, prototype.send)
  replace(prototype, 'send', 'value', applySend)
  replace(prototype, 'close', 'value', applyClose)
  replace(prototype, 'opened', 'get', applyOpened)
}

/* The prototype that defines `close` of `socket`, in whatever frame it was made. */
export const prototypeOf = socket => {
  let defining
  for (let at = socket; at; at = getPrototypeOf(at)) if (getOwnPropertyDescriptor(at, 'close')) defining = at
  return defining
}

/* `send` past all watchers. */
export const sendUnwatched = (prototype, socket, data) => apply(nativeSend.get(prototype), socket, [data])

/* Have `constructed(instance, parameters)` called with each instance made from now on by
 * `view[name]`, of the parameters that `prepared` makes of its own; answers how to end that. */
export const wrapConstructor = (view, name, constructed, prepared = parameters => parameters) => {
  const native = view[name]
  const { prototype } = native
  const watching = new Proxy(native, {
    construct: (target, parameters, newTarget) => {
      const instance = construct(target, quietly(prepared)(parameters) ?? parameters, newTarget)
      quietly(constructed)(instance, parameters)
      return instance
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
