/* What the sockets of one endpoint did in the running period, in the fields of a report. */

import { boundsUs, bucketOf } from './histogram.js'
import {
  LONGEST_ROUND_TRIP_MS, MOST_COUNT, MOST_LISTED, MOST_SAMPLES, bounded, now
} from './limits.js'

let bounds // made when a busy page first needs it

export class Tally {
  constructor () {
    this.connection = {
      attempts: 0,
      opened: 0,
      failed: 0,
      drops: 0,
      reconnect_attempts: 0,
      reconnect_successes: 0,
      open_ms: 0,
      downtime_ms: 0,
      close_codes: {},
      recovery_ms: [],
      longest_silence_ms: 0
    }
    this.messages = { sent: 0, received: 0, queued: 0, errors: 0, bytes_sent: 0, bytes_received: 0 }
    this.latency = { samples_ms: [], histogram: {} }
    this.setup_ms = []
  }

  attempt (isReconnect) {
    this.connection.attempts++
    if (isReconnect) this.connection.reconnect_attempts++
  }

  handshake (ms) {
    if (this.setup_ms.length < MOST_LISTED) this.setup_ms.push(bounded(ms))
  }

  close (code) {
    const codes = this.connection.close_codes
    codes[code] = (codes[code] || 0) + 1
  }

  recovery (ms) {
    const { connection } = this
    connection.reconnect_successes++
    if (connection.recovery_ms.length < MOST_LISTED) connection.recovery_ms.push(bounded(ms))
  }

  /* Time since `from` without a connection. */
  downtime (from) {
    this.connection.downtime_ms += now() - from
  }

  silence (ms) {
    this.connection.longest_silence_ms = Math.max(this.connection.longest_silence_ms, ms)
  }

  roundTrip (ms) {
    if (!(ms >= 0 && ms <= LONGEST_ROUND_TRIP_MS)) return
    const { samples_ms: samples, histogram } = this.latency
    if (samples.length < MOST_SAMPLES) {
      samples.push(bounded(ms))
      return
    }
    bounds = bounds || boundsUs()
    const bucket = bucketOf(ms, bounds)
    histogram[bucket] = (histogram[bucket] || 0) + 1
  }

  /* The sections of a report. */
  sections () {
    const { connection, messages, latency, setup_ms } = this
    for (const counts of [connection, messages]) {
      for (const [name, value] of Object.entries(counts)) {
        if (name.endsWith('_ms') && !Array.isArray(value)) counts[name] = bounded(value)
        else if (typeof value === 'number') counts[name] = Math.min(value, MOST_COUNT)
      }
    }
    return { connection, messages, latency, setup_ms }
  }
}
