/* The life of the page: hidden, frozen, in the back/forward cache, asleep, leaving. A worker is
 * always visible and never leaves. */

import { Clock } from '../core/clock.js'
import { isPage, quietly } from '../core/limits.js'

const RETURNING_MS = 5000 // what ends so soon after a return broke while the page was away

export class PageLife {
  /* Callbacks: `transition()` before time changes its kind, `suspended(ms)` after a pause,
   * `hid()`, `left({ isFrozen })`, `restored()`. */
  constructor (callbacks) {
    this.callbacks = callbacks
    this.epoch = 0 // another one, and timing in between means nothing
    this.pauses = 0
    this.visibleBeforeMs = 0
    this.wasHidden = this.isHidden
    this.clock = new Clock(ms => this.paused(ms))
    this.visibleSince = this.now()
  }

  now () {
    return this.clock.now()
  }

  get isHidden () {
    return isPage && document.hidden
  }

  /* How long the page was visible, in ms. */
  visibleMs () {
    return this.visibleBeforeMs + (this.wasHidden ? 0 : this.now() - this.visibleSince)
  }

  listen () {
    const on = (target, type, listener) => target.addEventListener(type, quietly(listener))
    if (!isPage) return
    on(document, 'visibilitychange', () => this.turned())
    on(document, 'freeze', () => this.leave({ isPaused: true, isFrozen: true }))
    on(document, 'resume', () => this.comeBack())
    on(globalThis, 'pagehide', event => this.leave({ isPaused: event.persisted, isFrozen: false }))
    on(globalThis, 'pageshow', event => event.persisted && this.restored())
  }

  turned () {
    this.callbacks.transition()
    this.visibleBeforeMs = this.visibleMs()
    this.visibleSince = this.now()
    this.wasHidden = this.isHidden
    this.epoch++
    if (this.isHidden && !this.hasLeft) this.callbacks.hid()
  }

  leave ({ isPaused, isFrozen }) {
    if (this.clock.isPaused) return
    this.hasLeft = true // a page that ends turns hidden after it
    this.callbacks.left({ isFrozen })
    if (isPaused) this.clock.pause()
  }

  comeBack () {
    this.clock.resume()
    this.hasLeft = false
    this.resumedAt = this.now()
  }

  /* From the back/forward cache. */
  restored () {
    this.comeBack()
    this.callbacks.restored()
  }

  paused (ms) {
    this.resumedAt = this.now()
    this.epoch++
    this.pauses++
    this.callbacks.suspended(ms)
  }

  /* Facts of an end now, of a socket made after so many `pauses` and heard last after so many. */
  pausesOf ({ made, heard }) {
    if (this.clock.isPaused) return { isReturning: true }
    const isReturning = made < this.pauses && this.now() - this.resumedAt <= RETURNING_MS
    return { isReturning, isUnheard: heard < this.pauses }
  }
}
