/* The constructors of a page and its frames, watched for one monitor. */

import { isPage, quietly } from '../core/limits.js'
import { watchSources } from './event_source.js'
import { hasUnwatchedFrame, watchFrames } from './frames.js'
import { watchStreams } from './streams.js'
import { announceWorker, watchWorkers } from './workers.js'
import { isWatched, prototypeOf, watchStrangers, wrapConstructor, wrapPrototype } from './wrap.js'

export class Installation {
  constructor (monitor, { optionsOf, endpoint, frames = false, eventSource = false }) {
    Object.assign(this, { monitor, eventSource })
    this.isOn = true
    this.leftAlone = new WeakSet()
    this.frames = new WeakSet() // WebSocket constructors of frames that are watched
    this.undo = []
    const own = quietly(optionsOf || (() => ({})))
    this.optionsOf = url => {
      const options = own(url)
      return options === null ? null : { endpoint, ...options }
    }
    monitor.blindness.inspect(globalThis)
    this.watch(globalThis)
    this.undo.push(watchStrangers(socket => this.meet(socket)))
    if (isPage) this.undo.push(watchWorkers(globalThis, () => monitor.blindness.add('worker')))
    else quietly(announceWorker)()
    if (isPage && frames) this.watchFrames()
  }

  /* Watch the constructors of a window or worker. */
  watch (view) {
    const { monitor, optionsOf } = this
    const begin = work => {
      const undo = quietly(work)()
      if (undo) this.undo.push(undo)
      return undo
    }
    quietly(() => wrapPrototype(prototypeOf(view.WebSocket.prototype)))()
    const isWatching = begin(() => wrapConstructor(view, 'WebSocket', socket => this.made(socket, view)))
    if (!isWatching) monitor.blindness.add('constructor-taken')
    if (view.WebSocketStream) begin(() => watchStreams(monitor, view, optionsOf))
    if (view.EventSource && this.eventSource) begin(() => watchSources(monitor, view, optionsOf))
  }

  made (socket, view) {
    if (!this.isOn || this.monitor.isConnecting) return
    const options = this.optionsOf(socket.url)
    if (options === null) this.leftAlone.add(socket)
    else this.monitor.observe(socket, options, view)
  }

  /* A socket in use whose attempt was not seen: watched from now on, and a reason for doubt. */
  meet (socket) {
    if (!this.isOn || this.leftAlone.has(socket) || isWatched(socket)) return
    const options = this.optionsOf(socket.url)
    if (options === null) this.leftAlone.add(socket)
    else this.monitor.adopt(socket, options)
  }

  watchFrames () {
    watchFrames(this.frames, {
      entered: view => this.isOn && this.watch(view),
      left: view => this.monitor.detached(view),
      missed: () => this.monitor.blindness.add('frame')
    })
  }

  /* Look for what came since. */
  inspect () {
    if (isPage && hasUnwatchedFrame(this.frames)) this.monitor.blindness.add('frame')
  }

  end () {
    this.isOn = false
    this.undo.forEach(restore => quietly(restore)())
  }
}
