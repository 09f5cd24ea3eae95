/* What the sockets of one endpoint did in the running period: the sections of a report. */

import { boundsUs, bucketOf } from './histogram.js'
import {
  LONGEST_PERIOD_MS, LONGEST_ROUND_TRIP_MS, MOST_COUNT, MOST_LISTED, MOST_SAMPLES, bounded
} from './limits.js'

let bounds // made when a busy page first needs it

const roundTrips = () => ({ samples_ms: [], histogram: {} })

export const newTally = () => ({
  connection: {
    attempts: 0,
    opened: 0,
    failed: 0,
    abandoned: 0,
    drops: 0,
    lost: 0,
    ended_by_server: 0,
    replaced: 0,
    never_back: 0,
    reconnect_attempts: 0,
    reconnect_successes: 0,
    open_ms: 0,
    downtime_ms: 0,
    downtime_hidden_ms: 0,
    suspended_ms: 0,
    longest_silence_ms: 0,
    close_codes: {},
    close_codes_given: {},
    recovery_ms: [],
    silent_ms: []
  },
  // `queued` only for pages that tell it: libraries queue out of sight.
  messages: { sent: 0, received: 0, queued: undefined, errors: 0, bytes_sent: 0, bytes_received: 0 },
  latency: roundTrips(),
  reply: roundTrips(),
  setup_ms: [],
  ends: undefined // of connections that have an id; see both_ends.js
})

export const count = (counts, key) => {
  counts[key] = (counts[key] || 0) + 1
}

export const countCode = (codes, code) => {
  if (Number.isInteger(code)) count(codes, code)
}

export const list = (durations, ms) => {
  if (durations.length < MOST_LISTED) durations.push(bounded(ms))
}

/* A round trip of one figure, `latency` or `reply` of a tally. */
export const countRoundTrip = ({ samples_ms: samples, histogram }, ms) => {
  if (!(ms >= 0 && ms <= LONGEST_ROUND_TRIP_MS)) return
  if (samples.length < MOST_SAMPLES) samples.push(bounded(ms))
  else count(histogram, bucketOf(ms, bounds ??= boundsUs()))
}

/* Whether nothing was counted or listed: its text has zeros alone. */
export const isEmpty = tally => !/[1-9]|\[\d/.test(JSON.stringify(tally))

/* Make the values fit. Of a pause longer than a period only what fits into it is told. */
export const bound = ({ connection, messages }) => {
  const spareMs = LONGEST_PERIOD_MS - connection.open_ms - connection.downtime_ms
  connection.suspended_ms = Math.min(connection.suspended_ms, Math.max(spareMs, 0))
  for (const counts of [connection, messages]) {
    for (const name in counts) {
      const value = counts[name]
      if (typeof value !== 'number') continue
      counts[name] = /_ms$/.test(name) ? bounded(value) : Math.min(value, MOST_COUNT)
    }
  }
}
