/* One WebSocket: its events and what the page calls on it. */

import { NO_CODE } from '../core/ends.js'
import { quietly } from '../core/limits.js'
import { size } from '../core/payload.js'
import { Connection } from './connection.js'
import { RoundTrips } from './round_trips.js'
import { CONNECTING, OPEN, listen, prototypeOf, sendUnwatched, watch, wrapPrototype } from './wrap.js'

const NO_CLOSE_MS = 1000 // WebKitGTK ends refused sockets by `error` alone

export class Observation {
  /* `options` as in `WebSocketClientMonitor.observe`. `isLate`: its attempt was not seen. */
  constructor (monitor, socket, { endpoint: name, messageId, ping } = {}, isLate = false) {
    Object.assign(this, { monitor, socket, prototype: prototypeOf(socket), life: monitor.life })
    wrapPrototype(this.prototype)
    const silence = (now, heardAt) => this.roundTrips.silence(now, heardAt)
    const connection = this.connection = new Connection(monitor, socket.url, { name, isLate, silence })
    const place = () => ({ path: connection.path, subprotocol: socket.protocol || '' })
    const { endpoint } = connection
    this.roundTrips = new RoundTrips({ endpoint, life: this.life, place, messageId, ping })
    if (socket.readyState === OPEN) connection.opened(false)
    if (connection.isOpen) this.startPings()
    this.listen()
    watch(socket, this)
  }

  listen () {
    listen(this.socket, 'open', () => this.connection.opened() && this.startPings())
    listen(this.socket, 'message', event => this.received(event.data))
    listen(this.socket, 'error', () => this.erred())
    listen(this.socket, 'close', ({ code, wasClean }) => {
      this.connection.closed({ code, isClean: wasClean })
      this.forget()
    })
  }

  startPings () {
    const { ping } = this.roundTrips
    if (ping) this.pinging = setInterval(quietly(() => this.sendPing()), ping.everyMs)
  }

  sendPing () {
    if (this.life.isHidden || !this.connection.isOpen) return
    sendUnwatched(this.prototype, this.socket, this.roundTrips.startPing())
  }

  /* The page called `send`; see wrap.js. */
  sent (data, isOpen) {
    if (!isOpen) {
      this.connection.tally.messages.errors++
      return
    }
    const length = size(data)
    this.connection.countSent(length)
    this.roundTrips.sent(data, length)
  }

  /* The page called `close` in `state`; see wrap.js. */
  closing (code, state) {
    if (state === CONNECTING) this.connection.concluded('abandoned')
    if (state !== OPEN) return
    this.connection.tally.closeGiven(code === undefined ? NO_CODE : Number(code))
    this.connection.ended({ isRequested: true })
    clearInterval(this.pinging)
  }

  received (data) {
    this.connection.heard()
    if (this.roundTrips.isPong(data)) return
    const length = size(data)
    this.connection.countReceived(length)
    this.roundTrips.received(data, length)
  }

  erred () {
    this.connection.ended()
    if (this.connection.isConnecting) setTimeout(quietly(() => this.refused()), NO_CLOSE_MS)
  }

  refused () {
    if (!this.connection.isConnecting || this.socket.readyState <= OPEN) return
    this.connection.concluded('failed')
    this.forget()
  }

  detached () {
    this.connection.detached()
    this.forget()
  }

  forget () {
    clearInterval(this.pinging)
    this.connection.forget()
    this.monitor.forget(this)
  }
}
