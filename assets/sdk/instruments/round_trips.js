/* Round trips of one socket: by the page's `messageId`, by own pings, by its protocol's reader. */

import { quietly, uuid } from '../core/limits.js'
import { countRoundTrip } from '../core/tally.js'
import { addAsk, silenceOf, takeAsk } from '../core/unanswered.js'
import { createReading } from './reading.js'

const CLOCKS_APART_MS = 1000 // further, and the machine slept between message and answer
const LONGEST_PONG = 4096 // characters; a longer message is none of /ws

/* Pings in the language of /ws. */
const PING = {
  everyMs: 5000,
  message: id => JSON.stringify({ type: 'ping', id }),
  id: data => {
    if (data.length > LONGEST_PONG || !data.includes('"pong"')) return undefined
    const { type, id } = JSON.parse(data)
    return type === 'pong' ? id : undefined
  }
}

/* `opening()` gives { path, subprotocol }, as readers take it. */
export const createRoundTrips = ({ endpoint, life, opening, messageId, ping }) => {
  const idsOf = messageId && quietly(messageId)
  const ownPing = ping === true ? PING : ping
  const pings = new Set()
  const asksOfPage = new Map()

  const asked = (asks, id, figure = 'latency', optional = false, heartbeat = false) => {
    if (id == null) return
    const { epoch, isHidden } = life
    addAsk(asks, id, { at: life.now(), date: Date.now(), epoch, isHidden, figure, optional, heartbeat })
  }

  /* Whether `id` was awaited. Where the page tells its own ids those are the round trips, and the
   * reader's only tell silence. A hidden page is throttled: it would measure the browser. */
  const answered = (asks, id) => {
    const ask = takeAsk(asks, id)
    if (!ask) return false
    const ms = life.now() - ask.at
    const isTimed = (asks === asksOfPage || !idsOf) && !ask.isHidden && ask.epoch === life.epoch
    const isAwake = Math.abs(Date.now() - ask.date - ms) < CLOCKS_APART_MS
    if (isTimed && isAwake) countRoundTrip(endpoint.tally[ask.figure], ms)
    return true
  }

  const reading = createReading({ endpoint, opening, asked, answered })

  return {
    ping: ownPing,

    /* A message of `length` bytes. */
    message (data, isSent, length) {
      if (idsOf) {
        const ids = [idsOf(data, isSent ? 'sent' : 'received')].flat()
        ids.forEach(id => (isSent ? asked : answered)(asksOfPage, id))
      }
      reading.read(data, isSent, length)
    },

    /* The data of an own ping, which is no message of the page. */
    startPing () {
      const id = uuid()
      asked(asksOfPage, id, undefined, false, true)
      pings.add(id)
      return ownPing.message(id)
    },

    /* Whether `data` answers an own ping. */
    isPong (data) {
      if (!pings.size) return false
      const id = quietly(ownPing.id)(data)
      return pings.delete(id) && answered(asksOfPage, id)
    },

    clear () {
      for (const ids of [reading.asks, asksOfPage, pings]) ids.clear()
    },

    /* What was silent when the socket ended, as facts of an end. */
    silence: (now, heardAt) =>
      silenceOf([...reading.asks.values(), ...asksOfPage.values()], now, heardAt, reading.promisedMs)
  }
}
