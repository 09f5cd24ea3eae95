/* The timeline of one endpoint: every millisecond of its period is open, down, suspended or none
 * of these, never two at once. Ends that cannot be judged yet keep the time after them aside. */

import { GIVEN_UP_MS, isDrop, kindOf } from './ends.js'
import { LONGEST_PERIOD_MS } from './limits.js'
import { Tally } from './tally.js'

const LONGEST_HELD_MS = LONGEST_PERIOD_MS - 120000 // a hidden page may run a minute late

export class Endpoint {
  /* `life` tells time: `now()`, `visibleMs()`, `wasHidden` since the last transition. */
  constructor (name, life) {
    this.name = name
    this.life = life
    this.sockets = 0 // whose `close` event is to come
    this.openSockets = 0
    this.ends = [] // not judged yet, oldest first
    this.losses = [] // drops that no opened socket made good yet
    this.aside = [] // { ends, ms, hiddenMs }: down if one of the ends was a drop
    this.begin()
  }

  begin () {
    this.tally = new Tally()
    this.since = this.at = this.life.now()
  }

  /* Time since the last transition goes to the state that held. */
  advance () {
    const at = this.life.now()
    const ms = at - this.at
    this.at = at
    if (!(ms > 0)) return
    const hiddenMs = this.life.wasHidden ? ms : 0
    if (this.openSockets) this.tally.connection.open_ms += ms
    else if (this.losses.length) this.tally.downtime(ms, hiddenMs)
    else this.setAside(this.ends.filter(end => end.reopenedMs === undefined), ms, hiddenMs)
  }

  setAside (ends, ms, hiddenMs) {
    if (!ends.length) return
    const last = this.aside[this.aside.length - 1]
    const isSame = last && last.ends.length === ends.length && ends.every(end => last.ends.includes(end))
    if (!isSame) this.aside.push({ ends, ms, hiddenMs })
    else Object.assign(last, { ms: last.ms + ms, hiddenMs: last.hiddenMs + hiddenMs })
  }

  /* The page was frozen, cached or asleep for `ms` until now, which `life` leaves out. */
  suspended (ms) {
    this.advance()
    this.tally.connection.suspended_ms += ms
  }

  /* A socket is being opened. Tells whether one is missing. */
  attempted () {
    const now = this.life.now()
    for (const end of this.ends) {
      end.retriedMs = end.retriedMs ?? now - end.at
      end.retriedVisibleMs = end.retriedVisibleMs ?? this.life.visibleMs() - end.visibleAt
    }
    this.judge()
    return this.missing(now).length > 0
  }

  /* What no opened socket made good of what ended before `at`; drops first. */
  missing (at) {
    const ends = this.ends.filter(end => end.reopenedMs === undefined)
    return [...this.losses, ...ends].filter(end => end.at <= at)
  }

  /* `outcome` of an attempt, as in `Tally.attempt`. */
  concluded (outcome, isReconnect) {
    const [end] = isReconnect ? this.missing(this.life.now()) : []
    this.tally.attempt(outcome)
    if (end && end.kind) this.tally.connection.reconnect_attempts++
    else if (end) end.tries++
    if (outcome === 'opened') this.opened(end)
  }

  opened (end) {
    this.advance()
    if (!this.openSockets++) this.openSince = this.at
    if (end) this.makeGood(end, this.at)
  }

  makeGood (end, at) {
    end.reopenedMs = at - end.at
    if (!end.kind) return
    this.losses = this.losses.filter(loss => loss !== end)
    this.tally.recovery(end.reopenedMs)
  }

  /* An open socket ended; `facts` as in ends.js, which may be added to until it is judged. */
  ended (facts) {
    this.advance()
    this.openSockets--
    const end = { at: this.at, visibleAt: this.life.visibleMs(), tries: 0, silentMs: 0, ...facts }
    end.hadOthers = this.openSockets > 0
    this.ends.push(end)
    this.judge()
    return end
  }

  /* Judge what can be judged. `isLeaving`: the page may never run again. */
  judge (isLeaving = false) {
    this.advance()
    for (const end of [...this.ends]) {
      const visibleMs = this.life.visibleMs() - end.visibleAt
      const kind = kindOf(end, { ms: this.at - end.at, visibleMs, isLeaving })
      if (kind) this.settle(end, kind)
    }
    const isOver = loss => isLeaving || this.at - loss.at > GIVEN_UP_MS
    this.tally.connection.never_back += this.losses.filter(isOver).length
    this.losses = this.losses.filter(loss => !isOver(loss))
  }

  settle (end, kind) {
    end.kind = kind
    this.ends = this.ends.filter(other => other !== end)
    if (isDrop(kind)) this.settleDrop(end)
    else this.settleOther(end)
  }

  settleDrop (end) {
    const { connection } = this.tally
    const down = this.aside.filter(({ ends }) => ends.includes(end))
    this.aside = this.aside.filter(part => !down.includes(part))
    down.forEach(({ ms, hiddenMs }) => this.tally.downtime(ms, hiddenMs))
    this.tally.drop(end.kind, end.silentMs)
    connection.reconnect_attempts += end.tries
    if (end.reopenedMs === undefined) this.losses.push(end)
    else this.tally.recovery(end.reopenedMs)
  }

  settleOther (end) {
    if (end.kind === 'replaced') this.tally.connection.replaced++
    for (const part of this.aside) part.ends = part.ends.filter(other => other !== end)
    this.aside = this.aside.filter(({ ends }) => ends.length)
    // The socket that seemed to make it good made another one good, if it is open ever since.
    const reopenedAt = end.at + end.reopenedMs
    const isOpenSince = this.openSockets && this.openSince <= reopenedAt
    const [other] = isOpenSince ? this.missing(reopenedAt) : []
    if (other) this.makeGood(other, reopenedAt)
  }

  get lastedMs () {
    return this.life.now() - this.since + this.tally.connection.suspended_ms
  }

  /* While time is kept aside the period goes on, so that it fits when it turns out to be down. */
  get isHeld () {
    const isWaiting = this.aside.length || (!this.openSockets && this.missing(this.at).length > this.losses.length)
    return isWaiting && this.lastedMs < LONGEST_HELD_MS
  }

  get isIdle () {
    return !this.sockets && !this.openSockets && !this.ends.length && !this.losses.length
  }

  get hasNews () {
    return !this.tally.isEmpty || this.openSockets > 0
  }

  /* End the period: its sections and how long it lasted. */
  take () {
    this.advance()
    const { lastedMs } = this
    const sections = this.tally.sections()
    this.aside = []
    this.begin()
    return { sections, lastedMs: Math.min(lastedMs, LONGEST_PERIOD_MS) }
  }
}
