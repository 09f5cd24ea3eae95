/* Milliseconds in which the page could run: they stand still while it is frozen, cached or asleep.
 * For durations, never for times of day. `onSuspended(ms)` is called after each such pause. */

const SLEEP_MS = 5000 // the wall clock ran further ahead of `performance.now()`: the machine slept
const LONGEST_GAP_MS = 120000 // hidden pages run once a minute: after more the page was stopped

export const createClock = onSuspended => {
  let excludedMs = 0
  let last = performance.now()
  let pausedAt

  let ahead = 0 // of the wall clock

  /* How much further it is ahead than when last asked. */
  const sleptMs = () => {
    const before = ahead
    ahead = Date.now() - performance.now()
    return ahead - before
  }
  sleptMs()

  const exclude = ms => {
    excludedMs += ms
    onSuspended(ms + Math.max(sleptMs(), 0))
  }

  const clock = {
    isPaused: () => pausedAt !== undefined,

    now () {
      if (clock.isPaused()) return pausedAt - excludedMs
      const at = performance.now()
      const gap = at - last
      last = at
      if (gap > LONGEST_GAP_MS) exclude(gap)
      return at - excludedMs
    },

    /* See whether the machine slept: most browsers stop `performance.now()` meanwhile. */
    check () {
      if (clock.isPaused()) return
      clock.now()
      const ms = sleptMs()
      if (ms > SLEEP_MS) onSuspended(ms)
    },

    pause () {
      clock.check()
      pausedAt ??= last
    },

    resume () {
      if (!clock.isPaused()) return
      const ms = performance.now() - pausedAt
      pausedAt = undefined
      last += ms
      exclude(ms)
    }
  }
  return clock
}
