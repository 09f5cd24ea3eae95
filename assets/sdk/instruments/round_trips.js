/* Round trips of one socket: by its protocol's reader, by the page's `messageId`, by own pings. */

import { head } from '../core/payload.js'
import { quietly, uuid } from '../core/limits.js'
import { Unanswered } from '../core/unanswered.js'
import { recognise } from '../protocols/recognise.js'

const FRAMES_TO_RECOGNISE = 8 // of each direction
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

const listed = ids => Array.isArray(ids) ? ids : [ids]

export class RoundTrips {
  /* `place()` gives { path, subprotocol }, as readers take it. */
  constructor ({ endpoint, life, place, messageId, ping }) {
    Object.assign(this, { endpoint, life, place })
    this.messageId = messageId && quietly(messageId)
    this.ping = ping === true ? PING : ping
    this.pings = new Set()
    this.byReader = new Unanswered()
    this.byPage = new Unanswered()
    this.toRecognise = { sent: FRAMES_TO_RECOGNISE, received: FRAMES_TO_RECOGNISE }
  }

  sent (data, length) {
    if (this.messageId) {
      for (const id of listed(this.messageId(data, 'sent'))) this.ask(this.byPage, id, {})
    }
    this.read(data, 'sent', length)
  }

  received (data, length) {
    if (this.messageId) {
      for (const id of listed(this.messageId(data, 'received'))) this.answer(this.byPage, id)
    }
    this.read(data, 'received', length)
  }

  /* The data of an own ping, which is no message of the page. */
  startPing () {
    const id = uuid()
    this.ask(this.byPage, id, { isBeat: true })
    this.pings.add(id)
    return this.ping.message(id)
  }

  /* Whether `data` answers an own ping. */
  isPong (data) {
    if (!this.pings.size) return false
    const id = quietly(this.ping.id)(data)
    if (!this.pings.delete(id)) return false
    this.answer(this.byPage, id)
    return true
  }

  read (data, direction, length) {
    if (!this.reader && !(this.toRecognise[direction]-- > 0)) return
    const frame = head(data)
    if (frame === undefined) return
    const reader = this.reader || this.recognised(frame, direction)
    if (!reader) return
    for (const event of reader.read(frame, direction, this.state, length) || []) this.follow(event)
    this.endpoint.protocol = reader.nameOf ? reader.nameOf(this.state) : reader.name
  }

  recognised (frame, direction) {
    this.reader = recognise(this.place(), frame, direction)
    if (this.reader && this.reader.begin) this.state = this.reader.begin(this.place())
    return this.reader
  }

  /* An event of the reader. Where the page tells its own ids those are the round trips, and the
   * reader's only tell silence. */
  follow ({ ask, answer, forget, figure, heartbeat, optional, every, failed }) {
    if (ask !== undefined) {
      const isUntimed = Boolean(this.messageId)
      this.ask(this.byReader, ask, { figure, isBeat: heartbeat, isOptional: optional, isUntimed })
    }
    if (forget !== undefined) this.byReader.take(forget)
    if (every > 0) this.promisedMs = every
    const isRead = answer === undefined || this.answer(this.byReader, answer)
    if (failed && isRead) this.endpoint.tally.messages.errors++
  }

  ask (asks, id, more) {
    if (id == null) return
    const { epoch, isHidden } = this.life
    asks.add(id, { at: this.life.now(), date: Date.now(), epoch, isHidden, figure: 'latency', ...more })
  }

  /* Whether `id` was awaited. A hidden page is throttled: its round trips would measure the browser. */
  answer (asks, id) {
    const ask = id == null ? undefined : asks.take(id)
    if (!ask) return false
    const ms = this.life.now() - ask.at
    const isTimed = !ask.isUntimed && !ask.isHidden && ask.epoch === this.life.epoch
    const isAwake = Math.abs(Date.now() - ask.date - ms) < CLOCKS_APART_MS
    if (isTimed && isAwake) this.endpoint.tally.roundTrip(ms, ask.figure)
    return true
  }

  clear () {
    this.byReader.clear()
    this.byPage.clear()
    this.pings.clear()
  }

  /* What was silent when the socket ended, as facts of an end. */
  silence (now, heardAt) {
    const reader = this.byReader.silence(now, heardAt, this.promisedMs)
    const page = this.byPage.silence(now, heardAt)
    return {
      hasSilentBeat: reader.hasSilentBeat || page.hasSilentBeat,
      hasSilentMessage: reader.hasSilentMessage || page.hasSilentMessage,
      silentMs: Math.max(reader.silentMs, page.silentMs)
    }
  }
}
