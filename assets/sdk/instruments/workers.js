/* Workers that run without a monitor. A script cannot be put into a worker in a page's name:
 * it would need `blob:` in worker-src and script-src, and the worker's location, its relative
 * addresses and imports would change. So the worker imports this file itself and says so, and
 * one that does not is told as a reason to be blind. */

import { quietly } from '../core/limits.js'
import { wrapConstructor } from './wrap.js'

const CHANNEL = 'websocket-client-monitor'
const PATIENCE_MS = 10000 // for a worker to load; an open channel keeps pages out of the cache

/* A monitor started in this worker. */
export const announceWorker = () => {
  const channel = new BroadcastChannel(CHANNEL)
  channel.postMessage(location.href)
  channel.close()
}

/* Call `uncovered()` for workers started from now on that do not announce themselves. Answers how
 * to end that. */
export const watchWorkers = (view, uncovered) => {
  let silent = [] // addresses of workers that have not announced themselves
  let channel
  const end = () => {
    if (silent.length) uncovered()
    silent = []
    channel.close()
    channel = undefined
  }
  const started = (_, [address]) => {
    silent.push(new URL(address, view.location.href).href)
    if (channel) return
    channel = new BroadcastChannel(CHANNEL)
    channel.onmessage = ({ data }) => {
      const index = silent.indexOf(data)
      if (index >= 0) silent.splice(index, 1)
    }
    setTimeout(quietly(end), PATIENCE_MS)
  }
  const undo = ['Worker', 'SharedWorker'].filter(name => view[name]).map(name =>
    wrapConstructor(view, name, started))
  return () => undo.forEach(restore => restore())
}
