/* Why this monitor may not see every connection of the page, as reports say it:
 *   loaded-late        a socket was opened past it: load it before all that opens sockets
 *   constructor-taken  another script took WebSocket first: load the monitor before it
 *   worker             a worker runs without it: call importScripts with its file there
 *   frame              a frame of this origin is not watched: load it there, or ask for `frames`
 *   csp                the policy forbids reports: add their address to connect-src */

import { quietly } from '../core/limits.js'

const MOST_REASONS = 8
/* Libraries that keep the constructor they find when they load. */
const TAKERS = ['io', 'SockJS', 'ActionCable']

export class Blindness {
  constructor (isDebug) {
    this.isDebug = isDebug
    this.reasons = new Set()
  }

  add (reason) {
    if (this.reasons.has(reason)) return
    this.reasons.add(reason)
    if (this.isDebug) console.warn(`WebSocketClientMonitor may be blind: ${reason}`)
  }

  list () {
    return this.reasons.size ? [...this.reasons].slice(0, MOST_REASONS) : undefined
  }

  /* What can be told of the time before `view` is watched. */
  inspect (view) {
    const isNative = Function.prototype.toString.call(view.WebSocket).includes('[native code]')
    if (!isNative || TAKERS.some(name => name in view)) this.add('constructor-taken')
  }

  /* Reports to `address` that the page's policy forbids. */
  watchPolicy (address) {
    const isOurs = blocked => blocked !== '' && (address.startsWith(blocked) || blocked.startsWith(address))
    document.addEventListener('securitypolicyviolation', quietly(event => {
      if (event.effectiveDirective === 'connect-src' && isOurs(event.blockedURI)) this.add('csp')
    }))
  }
}
