/* Milliseconds in which the page could run: they stand still while it is frozen, cached or asleep.
 * For durations, never for times of day. `onSuspended(ms)` is called after each such pause. */

const SLEEP_MS = 5000 // the wall clock ran further ahead of `performance.now()`: the machine slept
const LONGEST_GAP_MS = 120000 // hidden pages run once a minute: after more the page was stopped

export class Clock {
  constructor (onSuspended) {
    this.onSuspended = onSuspended
    this.excludedMs = 0
    this.last = performance.now()
    this.ahead = this.wallAhead()
  }

  wallAhead () {
    return Date.now() - performance.now()
  }

  get isPaused () {
    return this.pausedAt !== undefined
  }

  now () {
    if (this.isPaused) return this.pausedAt - this.excludedMs
    const at = performance.now()
    const gap = at - this.last
    this.last = at
    if (gap > LONGEST_GAP_MS) this.exclude(gap)
    return at - this.excludedMs
  }

  exclude (ms) {
    const sleptMs = Math.max(this.wallAhead() - this.ahead, 0)
    this.excludedMs += ms
    this.ahead = this.wallAhead()
    this.onSuspended(ms + sleptMs)
  }

  /* See whether the machine slept: most browsers stop `performance.now()` meanwhile. */
  check () {
    if (this.isPaused) return
    this.now()
    const ahead = this.wallAhead()
    const sleptMs = ahead - this.ahead
    this.ahead = ahead
    if (sleptMs > SLEEP_MS) this.onSuspended(sleptMs)
  }

  pause () {
    if (this.isPaused) return
    this.check()
    this.pausedAt = this.last
  }

  resume () {
    if (!this.isPaused) return
    const ms = performance.now() - this.pausedAt
    this.pausedAt = undefined
    this.last += ms
    this.exclude(ms)
  }
}
