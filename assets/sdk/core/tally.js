/* What the sockets of one endpoint did in the running period, in the fields of a report. */

import { boundsUs, bucketOf } from './histogram.js'
import {
  LONGEST_PERIOD_MS, LONGEST_ROUND_TRIP_MS, MOST_COUNT, MOST_LISTED, MOST_SAMPLES, bounded
} from './limits.js'

let bounds // made when a busy page first needs it

const countCode = (codes, code) => {
  if (Number.isInteger(code)) codes[code] = (codes[code] || 0) + 1
}

const list = (values, ms) => {
  if (values.length < MOST_LISTED) values.push(bounded(ms))
}

const isEmpty = value =>
  value === undefined || value === 0 || (typeof value === 'object' && Object.values(value).length === 0)

const roundTrips = () => ({ samples_ms: [], histogram: {} })

export class Tally {
  constructor () {
    this.connection = {
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
    }
    // `queued` only for pages that tell it: libraries queue out of sight.
    this.messages = { sent: 0, received: 0, queued: undefined, errors: 0, bytes_sent: 0, bytes_received: 0 }
    this.latency = roundTrips()
    this.reply = roundTrips()
    this.setup_ms = []
  }

  /* The outcome of an attempt: 'opened', 'failed' or 'abandoned'. */
  attempt (outcome) {
    this.connection.attempts++
    this.connection[outcome]++
  }

  handshake (ms) {
    list(this.setup_ms, ms)
  }

  closeRead (code) {
    countCode(this.connection.close_codes, code)
  }

  closeGiven (code) {
    countCode(this.connection.close_codes_given, code)
  }

  /* A drop of `kind` 'lost' or 'ended_by_server' after `silentMs` without an answer. */
  drop (kind, silentMs) {
    this.connection.drops++
    this.connection[kind]++
    list(this.connection.silent_ms, silentMs)
  }

  recovery (ms) {
    this.connection.reconnect_successes++
    list(this.connection.recovery_ms, ms)
  }

  downtime (ms, hiddenMs) {
    this.connection.downtime_ms += ms
    this.connection.downtime_hidden_ms += hiddenMs
  }

  silence (ms) {
    if (ms > this.connection.longest_silence_ms) this.connection.longest_silence_ms = ms
  }

  queued (count) {
    this.messages.queued = (this.messages.queued || 0) + Math.max(0, Math.round(count) || 0)
  }

  /* A round trip of `figure` 'latency' or 'reply'. */
  roundTrip (ms, figure = 'latency') {
    if (!(ms >= 0 && ms <= LONGEST_ROUND_TRIP_MS)) return
    const { samples_ms: samples, histogram } = this[figure]
    if (samples.length < MOST_SAMPLES) {
      samples.push(bounded(ms))
      return
    }
    bounds = bounds || boundsUs()
    const bucket = bucketOf(ms, bounds)
    histogram[bucket] = (histogram[bucket] || 0) + 1
  }

  get isEmpty () {
    const sections = [this.connection, this.messages, this.latency, this.reply, { setup: this.setup_ms }]
    return sections.every(section => Object.values(section).every(isEmpty))
  }

  /* The sections of a report. Of a pause longer than a period only what fits into it is told. */
  sections () {
    const { connection, messages, latency, reply, setup_ms } = this
    const activeMs = connection.open_ms + connection.downtime_ms
    connection.suspended_ms = Math.min(connection.suspended_ms, Math.max(0, LONGEST_PERIOD_MS - activeMs))
    for (const counts of [connection, messages]) {
      for (const [name, value] of Object.entries(counts)) {
        if (typeof value !== 'number') continue
        counts[name] = name.endsWith('_ms') ? bounded(value) : Math.min(value, MOST_COUNT)
      }
    }
    return { connection, messages, latency, reply, setup_ms }
  }
}
