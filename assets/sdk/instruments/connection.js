/* One connection, of a socket or a stream, as its endpoint counts it: an attempt with one outcome,
 * then, once open, an end that is noticed, and perhaps a close that is read later. */

import { endpointName } from '../core/endpoint_name.js'
import { quietly, text, valueFor } from '../core/limits.js'
import { countCode, list } from '../core/tally.js'
import { createStory } from './both_ends.js'

const JUDGED_MS = 1050 // most ends can be judged after a second
const CONNECTING = 0
const OPEN = 1
const ENDED = 2

/* `name`: of the endpoint, or a function of the URL that gives it; default: from its path. `view`:
 * the window that opened it. `isLate`: the attempt was not seen and is not counted. */
export const createConnection = (monitor, url, { name, view, isLate }) => {
  const { life, observations } = monitor
  const address = new URL(url)
  const { pathname, search, host } = address
  const endpoint = monitor.endpoint(text(valueFor(name, url) || endpointName(pathname), 256))
  const { tally } = endpoint
  const story = createStory(monitor.settings.correlate, address, tally)
  const pausesBefore = life.pauses
  let pausesHeard = pausesBefore
  let heardAt = life.now()
  let state = CONNECTING
  let isReconnect
  let endHandshake
  let end

  endpoint.sockets++
  if (isLate) {
    endpoint.opened()
    story?.opened()
    state = OPEN
  } else {
    isReconnect = endpoint.attempted()
    endHandshake = monitor.beginHandshake(host, heardAt)
  }

  /* The silence until now, whose moment it gives. */
  const countSilence = () => {
    const now = life.now()
    const { connection: counts } = tally
    if (now - heardAt > counts.longest_silence_ms) counts.longest_silence_ms = now - heardAt
    return now
  }

  const forget = () => {
    if (!observations.delete(connection)) return
    state = ENDED
    endpoint.sockets--
    clearInterval(connection.pinging)
  }

  const connection = {
    endpoint,
    view,
    path: pathname + search,
    roundTrips: undefined, // of a socket
    pinging: undefined, // timer of own pings
    isOpen: () => state === OPEN,
    isConnecting: () => state === CONNECTING,

    /* `isTimed`: the handshake ended just now. Answers whether this is news. */
    opened (isTimed = true) {
      if (state !== CONNECTING) return false
      heardAt = life.now()
      const ms = endHandshake(heardAt)
      if (isTimed) list(tally.setup_ms, ms)
      endpoint.concluded('opened', isReconnect)
      story?.opened()
      state = OPEN
      return true
    },

    /* The attempt ended as 'failed' or 'abandoned'. */
    concluded (outcome) {
      if (state !== CONNECTING) return
      state = ENDED
      endHandshake(life.now())
      if (outcome === 'abandoned') story?.closing()
      endpoint.concluded(outcome, isReconnect)
    },

    /* The end of what was open is noticed. */
    ended (facts) {
      if (state !== OPEN) return
      state = ENDED
      life.check()
      const now = countSilence()
      const silence = connection.roundTrips && connection.roundTrips.silence(now, heardAt)
      end = endpoint.ended({ ...silence, ...life.pausesOf(pausesBefore, pausesHeard), ...facts })
      setTimeout(quietly(endpoint.judge), JUDGED_MS)
    },

    /* The page calls `close` with `code`. */
    closing (code) {
      countCode(tally.connection.close_codes_given, code)
      story?.closing(code)
      connection.ended({ isRequested: true })
    },

    /* The connection is closed, with what was read of it. */
    closed (code, isClean) {
      connection.concluded('failed')
      connection.ended()
      story?.closed(code, isClean)
      if (end) {
        countCode(tally.connection.close_codes, code)
        Object.assign(end, { isClosed: true, isClean, code })
        endpoint.judge()
      }
      forget()
    },

    /* A message of `length` bytes. */
    sent (length) {
      connection.pinged()
      tally.messages.sent++
      tally.messages.bytes_sent += length
    },

    received (length) {
      connection.answered()
      tally.messages.received++
      tally.messages.bytes_received += length
    },

    heard () {
      heardAt = countSilence()
      pausesHeard = life.pauses
    },

    /* A message that is none of the page: a ping of the monitor, or what answers it. */
    pinged () {
      if (story) story.sent++
    },

    answered () {
      connection.heard()
      if (story) story.received++
    },

    countSilence: () => state === OPEN && countSilence(),

    /* The page will not see the end. */
    left: () => story?.left(),

    /* Its frame is gone: no event will follow, and an attempt has no outcome. */
    detached () {
      connection.left()
      connection.ended({ isDetached: true })
      forget()
    },

    forget
  }
  observations.add(connection)
  return connection
}
