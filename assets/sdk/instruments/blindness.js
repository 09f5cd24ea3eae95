/* Why this monitor may not see every connection of the page, as reports say it:
 *   loaded-late        a socket was opened past it: load it before all that opens sockets
 *   constructor-taken  another script took WebSocket first: load the monitor before it
 *   worker             a worker runs without it: call importScripts with its file there
 *   frame              a frame of this origin is not watched: load it there, or ask for `frames`
 *   csp                the policy forbids reports: add their address to connect-src */

import { listen } from './wrap.js'

/* Libraries that keep the constructor they find when they load. */
const TAKERS = ['io', 'SockJS', 'ActionCable']

export const createBlindness = isDebug => {
  const reasons = new Set()

  const add = reason => {
    if (isDebug && !reasons.has(reason)) console.warn(`WebSocketClientMonitor may be blind: ${reason}`)
    reasons.add(reason)
  }

  return {
    add,
    list: () => reasons.size ? [...reasons] : undefined,

    /* What can be told of the time before `view` is watched. */
    inspect (view) {
      const isNative = Function.prototype.toString.call(view.WebSocket).includes('[native code]')
      if (!isNative || TAKERS.some(name => name in view)) add('constructor-taken')
    },

    /* Reports to `address` that the page's policy forbids. */
    watchPolicy (address) {
      const isOurs = blocked => blocked && (address.startsWith(blocked) || blocked.startsWith(address))
      listen(document, 'securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
        if (effectiveDirective === 'connect-src' && isOurs(blockedURI)) add('csp')
      })
    }
  }
}
