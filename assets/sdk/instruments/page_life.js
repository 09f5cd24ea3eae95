/* The life of the page: hidden, frozen, in the back/forward cache, asleep, leaving. A worker is
 * always visible and never leaves. */

import { createClock } from '../core/clock.js'
import { isPage } from '../core/limits.js'
import { listen } from './wrap.js'

const RETURNING_MS = 5000 // what ends so soon after a return broke while the page was away

/* Callbacks: `transition()` before time changes its kind, `suspended(ms)` after a pause, `hid()`,
 * `left(isFrozen)`, `restored()` from the back/forward cache. */
export const createPageLife = callbacks => {
  let visibleBeforeMs = 0
  let resumedAt

  const { isPaused, now, check, pause, resume } = createClock(ms => {
    resumedAt = now()
    life.epoch++
    life.pauses++
    callbacks.suspended(ms)
  })
  let visibleSince = now()

  const turned = () => {
    callbacks.transition()
    visibleBeforeMs = life.visibleMs()
    visibleSince = now()
    life.isHidden = document.hidden
    life.epoch++
    if (life.isHidden && !life.hasLeft) callbacks.hid()
  }

  const leave = (isFrozen, isSuspended) => {
    if (isPaused()) return
    life.hasLeft = true // a page that ends turns hidden after it
    callbacks.left(isFrozen)
    if (isSuspended) pause()
  }

  const comeBack = () => {
    resume()
    life.hasLeft = false
    resumedAt = now()
  }

  const life = {
    now,
    check,
    epoch: 0, // another one, and timing in between means nothing
    pauses: 0,
    hasLeft: false,
    isHidden: isPage && document.hidden,

    /* How long the page was visible, in ms. */
    visibleMs: () => visibleBeforeMs + (life.isHidden ? 0 : now() - visibleSince),

    /* Facts of an end now, of a socket made after `before` pauses and heard last after `heard`. */
    pausesOf: (before, heard) => ({
      isReturning: isPaused() || (before < life.pauses && now() - resumedAt <= RETURNING_MS),
      isUnheard: heard < life.pauses
    }),

    listen () {
      listen(document, 'visibilitychange', turned)
      listen(document, 'freeze', () => leave(true, true))
      listen(document, 'resume', comeBack)
      listen(globalThis, 'pagehide', ({ persisted }) => leave(false, persisted))
      listen(globalThis, 'pageshow', ({ persisted }) => {
        if (!persisted) return
        comeBack()
        callbacks.restored()
      })
    }
  }
  return life
}
