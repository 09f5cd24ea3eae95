/* One socket, from the attempt to its close. Counts go to `monitor.tally(endpoint)`. */

import { now, quietly, size, text, uuid } from '../core/limits.js'

const MEANT_CLOSES = [1000, 1001, 1005] // normal, going away, none given (RFC 6455, section 7.4.1)
const MOST_PENDING = 1000 // messages whose reply is awaited
const CLOCKS_APART_MS = 1000 // further, and the machine slept between message and reply

/* Pings in the language of /ws. */
const PING = {
  everyMs: 5000,
  message: id => JSON.stringify({ type: 'ping', id }),
  id: data => {
    const { type, id } = JSON.parse(data)
    return type === 'pong' ? id : undefined
  }
}

export class Observation {
  constructor (monitor, socket, { endpoint, messageId, ping } = {}) {
    this.monitor = monitor
    this.socket = socket
    this.endpoint = text(endpoint || new URL(socket.url).pathname, 256)
    this.messageId = quietly(messageId || (() => undefined))
    this.ping = ping === true ? PING : ping
    this.pending = new Map()
    this.attemptedAt = now()
    this.isReconnect = monitor.losses(this.endpoint).length > 0
    this.tally.attempt(this.isReconnect)
    if (socket.readyState === WebSocket.OPEN) this.open()
    this.listen()
    this.wrap()
  }

  get tally () {
    return this.monitor.tally(this.endpoint)
  }

  listen () {
    this.socket.addEventListener('open', quietly(() => {
      this.tally.handshake(now() - this.attemptedAt)
      this.open()
    }))
    this.socket.addEventListener('message', quietly(event => this.received(event.data)))
    this.socket.addEventListener('close', quietly(event => this.closed(event.code)))
  }

  wrap () {
    const { send, close } = this.socket
    this.sendUnseen = data => send.call(this.socket, data)
    this.socket.send = data => {
      const isOpen = this.socket.readyState === WebSocket.OPEN
      quietly(() => isOpen ? this.sending(data) : this.tally.messages.errors++)()
      return send.call(this.socket, data)
    }
    this.socket.close = (...given) => {
      this.isClosing = true
      return close.apply(this.socket, given)
    }
  }

  open () {
    this.tally.connection.opened++
    const lost = this.isReconnect && this.monitor.losses(this.endpoint).shift()
    if (lost) {
      this.tally.recovery(now() - lost.at)
      this.tally.downtime(lost.countedTo)
    }
    this.countedTo = this.heardAt = now()
    if (this.ping) this.pinging = setInterval(quietly(() => this.sendPing()), this.ping.everyMs)
  }

  get isOpen () {
    return this.countedTo !== undefined
  }

  sending (data) {
    const { messages } = this.tally
    messages.sent++
    messages.bytes_sent += size(data)
    this.await(this.messageId(data), false)
  }

  sendPing () {
    if (document.hidden || this.socket.readyState !== WebSocket.OPEN) return
    const id = uuid()
    this.await(id, true)
    this.sendUnseen(this.ping.message(id))
  }

  /* A hidden page is throttled: its round trips would measure the browser. */
  await (id, isPing) {
    if (id == null || document.hidden) return
    if (this.pending.size >= MOST_PENDING) this.pending.delete(this.pending.keys().next().value)
    this.pending.set(id, { at: now(), date: Date.now(), isPing })
  }

  forgetPending () {
    this.pending.clear()
  }

  received (data) {
    const reply = this.replied(quietly(() => this.ping && this.ping.id(data))() ?? this.messageId(data))
    this.tally.silence(now() - this.heardAt)
    this.heardAt = now()
    if (reply && reply.isPing) return
    const { messages } = this.tally
    messages.received++
    messages.bytes_received += size(data)
  }

  /* The message that `id` answers, its round trip counted. */
  replied (id) {
    const sent = this.pending.get(id)
    if (!sent) return undefined
    this.pending.delete(id)
    const ms = now() - sent.at
    if (Math.abs(Date.now() - sent.date - ms) < CLOCKS_APART_MS) this.tally.roundTrip(ms)
    return sent
  }

  closed (code) {
    clearInterval(this.pinging)
    this.monitor.forget(this)
    if (!this.isOpen) {
      this.tally.connection.failed++
      return
    }
    this.countOpenTime()
    this.tally.close(code)
    if (this.isClosing || MEANT_CLOSES.includes(code)) return
    this.tally.connection.drops++
    this.monitor.losses(this.endpoint).push({ at: now(), countedTo: now() })
  }

  /* Time open up to now belongs to the running period. */
  countOpenTime () {
    if (!this.isOpen) return
    this.tally.connection.open_ms += now() - this.countedTo
    this.tally.silence(now() - this.heardAt)
    this.countedTo = now()
  }
}
