/* The timeline of one endpoint: every millisecond of its period is open, down, suspended or none
 * of these, never two at once. Ends that cannot be judged yet keep the time after them aside. */

import { GIVEN_UP_MS, isDrop, kindOf } from './ends.js'
import { LONGEST_PERIOD_MS } from './limits.js'
import { bound, isEmpty, list, newTally } from './tally.js'

const LONGEST_HELD_MS = LONGEST_PERIOD_MS - 120000 // a hidden page may run a minute late

/* `life` tells time: `now()`, `visibleMs()`, `isHidden` since the last transition. */
export const createEndpoint = (name, life) => {
  const { now, visibleMs } = life
  const tally = newTally()
  let openSockets = 0
  let openSince
  let ends = [] // not judged yet, oldest first
  let losses = [] // drops that no opened socket made good yet
  let aside = [] // { ends, ms, hiddenMs }: down if one of the ends was a drop
  let at = now()
  let since = at

  const addDowntime = ({ ms, hiddenMs }) => {
    tally.connection.downtime_ms += ms
    tally.connection.downtime_hidden_ms += hiddenMs
  }

  const unopened = () => ends.filter(end => end.reopenedMs === undefined)

  /* What no opened socket made good of what ended before `moment`; drops first. */
  const missing = moment => [...losses, ...unopened()].filter(end => end.at <= moment)

  /* Time since the last transition goes to the state that held. */
  const advance = () => {
    const moment = now()
    const ms = moment - at
    at = moment
    if (!(ms > 0)) return
    const part = { ends: unopened(), ms, hiddenMs: life.isHidden ? ms : 0 }
    if (openSockets) tally.connection.open_ms += ms
    else if (losses.length) addDowntime(part)
    else if (part.ends.length) aside.push(part)
  }

  const recovered = end => {
    tally.connection.reconnect_successes++
    list(tally.connection.recovery_ms, end.reopenedMs)
  }

  const makeGood = (end, moment) => {
    end.reopenedMs = moment - end.at
    if (!end.kind) return
    losses = losses.filter(loss => loss !== end)
    recovered(end)
  }

  const opened = end => {
    advance()
    if (!openSockets++) openSince = at
    if (end) makeGood(end, at)
  }

  const settleDrop = end => {
    const { connection } = tally
    aside.filter(part => part.ends.includes(end)).forEach(addDowntime)
    aside = aside.filter(part => !part.ends.includes(end))
    connection.drops++
    connection.reconnect_attempts += end.tries
    list(connection.silent_ms, end.silentMs)
    if (end.reopenedMs === undefined) losses.push(end)
    else recovered(end)
  }

  /* The socket that seemed to make it good made another one good, if it is open ever since. */
  const settleOther = end => {
    aside = aside.filter(part => part.ends.some(other => !other.kind))
    const reopenedAt = end.at + end.reopenedMs
    const [other] = openSockets && openSince <= reopenedAt ? missing(reopenedAt) : []
    if (other) makeGood(other, reopenedAt)
  }

  const settle = (end, kind) => {
    end.kind = kind
    ends = ends.filter(other => other !== end)
    if (kind in tally.connection) tally.connection[kind]++
    if (isDrop(kind)) settleDrop(end)
    else settleOther(end)
  }

  /* Judge what can be judged. `isLeaving`: the page may never run again. */
  const judge = isLeaving => {
    advance()
    for (const end of ends) {
      const visible = visibleMs() - end.visibleAt
      const kind = kindOf(end, { ms: at - end.at, visibleMs: visible, isLeaving })
      if (kind) settle(end, kind)
    }
    const awaited = losses.filter(loss => !isLeaving && at - loss.at <= GIVEN_UP_MS)
    tally.connection.never_back += losses.length - awaited.length
    losses = awaited
  }

  const lastedMs = () => now() - since + tally.connection.suspended_ms

  /* While time is kept aside the period goes on, so that it fits when it turns out to be down. */
  const isHeld = () => (aside.length || (!openSockets && missing(at).length > losses.length)) &&
    lastedMs() < LONGEST_HELD_MS

  const endpoint = {
    name,
    tally,
    sockets: 0, // whose `close` event is to come
    advance,
    opened,
    judge,
    openLosses: () => losses.length,
    isIdle: () => !(endpoint.sockets || openSockets || ends.length || losses.length),

    /* The page was frozen, cached or asleep for `ms` until now, which `life` leaves out. */
    suspended (ms) {
      advance()
      tally.connection.suspended_ms += ms
    },

    /* A socket is being opened. Tells whether one is missing. */
    attempted () {
      for (const end of ends) {
        end.retriedMs ??= now() - end.at
        end.retriedVisibleMs ??= visibleMs() - end.visibleAt
      }
      judge()
      return missing(now()).length > 0
    },

    /* `outcome` of an attempt: 'opened', 'failed' or 'abandoned'. */
    concluded (outcome, isReconnect) {
      const [end] = isReconnect ? missing(now()) : []
      tally.connection.attempts++
      tally.connection[outcome]++
      if (end && end.kind) tally.connection.reconnect_attempts++
      else if (end) end.tries++
      if (outcome === 'opened') opened(end)
    },

    /* An open socket ended; `facts` as in ends.js, which may be added to until it is judged. */
    ended (facts) {
      advance()
      const hadOthers = --openSockets > 0
      const end = { at, visibleAt: visibleMs(), tries: 0, silentMs: 0, ...facts, hadOthers }
      ends.push(end)
      judge()
      return end
    },

    /* End the period: its sections and how long it lasted; undefined while it goes on. */
    take () {
      advance()
      if (isHeld()) return undefined
      const period = {
        endpoint,
        hasNews: openSockets > 0 || !isEmpty(tally),
        lastedMs: Math.min(lastedMs(), LONGEST_PERIOD_MS),
        sections: { ...tally }
      }
      bound(tally)
      Object.assign(tally, newTally())
      aside = []
      since = at
      return period
    }
  }
  return endpoint
}
