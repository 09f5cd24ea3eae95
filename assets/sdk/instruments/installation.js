/* The constructors of a page and its frames, watched for one monitor. */

import { isPage, quietly, valueFor } from '../core/limits.js'
import { withId } from './both_ends.js'
import { observeSource } from './event_source.js'
import { hasUnwatchedFrame, watchFrames } from './frames.js'
import { observeStream } from './streams.js'
import { announceWorker, watchWorkers } from './workers.js'
import { OPEN, prototypeOf, watchStrangers, wrapConstructor, wrapPrototype } from './wrap.js'

/* Options as in `WebSocketClientMonitor.install`. */
export const createInstallation = (monitor, { optionsOf, endpoint, frames, eventSource }) => {
  const { blindness, observations } = monitor
  const leftAlone = new WeakSet()
  const watched = new WeakSet() // WebSocket constructors of frames
  const undo = []
  let isOn = true

  /* Have `observe` watch what was opened, unless its options are null. */
  const meet = (opened, observe, ...more) => {
    if (!isOn || !monitor.isOn || monitor.isConnecting || leftAlone.has(opened)) return
    const options = valueFor(optionsOf, opened.url)
    if (options === null) leftAlone.add(opened)
    else observe(monitor, opened, { endpoint, ...options }, ...more)
  }

  const observeSocket = (_, socket, options, view) => monitor.watchSocket(socket, options, view)

  /* A socket in use whose attempt was not seen: watched from now on, and a reason for doubt. */
  const adopt = (_, socket, options) => {
    blindness.add('loaded-late')
    monitor.watchSocket(socket, options, globalThis, true)
  }

  /* An id in the address of each connection that is to have one, and is not `connect`'s. */
  const withIds = view => parameters => {
    const { isConnecting, settings: { correlate } } = monitor
    const isMine = isOn && monitor.isOn && correlate && !isConnecting && parameters.length
    return isMine ? [withId(correlate, parameters[0], view), ...parameters.slice(1)] : parameters
  }

  const watchConstructor = (view, name, observe, prepared) => {
    quietly(() => wrapPrototype(prototypeOf(view[name].prototype)))()
    const constructed = (opened, parameters) => meet(opened, observe, view, parameters)
    const restore = quietly(wrapConstructor)(view, name, constructed, prepared)
    if (restore) undo.push(restore)
    return restore
  }

  /* Watch the constructors of a window or worker. */
  const watch = view => {
    const prepared = withIds(view)
    if (!watchConstructor(view, 'WebSocket', observeSocket, prepared)) blindness.add('constructor-taken')
    watchConstructor(view, 'WebSocketStream', observeStream, prepared)
    if (eventSource) watchConstructor(view, 'EventSource', observeSource)
  }

  blindness.inspect(globalThis)
  watch(globalThis)
  undo.push(watchStrangers(socket => {
    if (socket.readyState === OPEN && 'send' in socket) meet(socket, adopt)
  }))
  if (isPage) undo.push(watchWorkers(globalThis, () => blindness.add('worker')))
  else quietly(announceWorker)()
  if (isPage && frames) {
    watchFrames(watched, {
      entered: view => isOn && watch(view),
      left: view => observations.forEach(connection => connection.view === view && connection.detached()),
      missed: () => blindness.add('frame')
    })
  }

  return {
    /* Look for what came since. */
    inspect () {
      if (isPage && hasUnwatchedFrame(watched)) blindness.add('frame')
    },

    end () {
      isOn = false
      undo.forEach(restore => quietly(restore)())
    }
  }
}
