/* One connection, of a socket or a stream, as its endpoint counts it: an attempt with one outcome,
 * then, once open, an end that is noticed, and perhaps a close that is read later. */

import { endpointName } from '../core/endpoint_name.js'
import { quietly, text } from '../core/limits.js'

const NOTHING_SILENT = () => ({})

export class Connection {
  /* `name`: of the endpoint, or a function of the URL that gives it; default: from its path.
   * `isLate`: the attempt was not seen and is not counted. `silence(now, heardAt)` gives facts of
   * an end, see ends.js. */
  constructor (monitor, url, { name, isLate = false, silence = NOTHING_SILENT }) {
    const { pathname, search, host } = new URL(url)
    const ownName = typeof name === 'function' ? quietly(name)(url) : name
    Object.assign(this, { monitor, silence, life: monitor.life, path: pathname + search })
    this.endpoint = monitor.endpoint(text(ownName || endpointName(pathname), 256))
    this.endpoint.sockets++
    this.heardAt = this.life.now()
    this.pauses = { made: this.life.pauses, heard: this.life.pauses }
    this.state = 'connecting'
    if (isLate) {
      this.endpoint.opened()
      this.state = 'open'
    } else {
      this.isReconnect = this.endpoint.attempted()
      this.handshake = monitor.handshakes.begin(host, this.heardAt)
    }
  }

  get tally () {
    return this.endpoint.tally
  }

  get isOpen () {
    return this.state === 'open'
  }

  get isConnecting () {
    return this.state === 'connecting'
  }

  /* `isTimed`: the handshake ended just now. Answers whether this is news. */
  opened (isTimed = true) {
    if (!this.isConnecting) return false
    this.heardAt = this.life.now()
    const ms = this.monitor.handshakes.end(this.handshake, this.heardAt)
    if (isTimed) this.tally.handshake(ms)
    this.endpoint.concluded('opened', this.isReconnect)
    this.state = 'open'
    return true
  }

  /* The attempt ended as 'failed' or 'abandoned'. */
  concluded (outcome) {
    if (!this.isConnecting) return
    this.state = 'ended'
    this.monitor.handshakes.end(this.handshake, this.life.now())
    this.endpoint.concluded(outcome, this.isReconnect)
  }

  /* The end of what was open is noticed. */
  ended (facts = {}) {
    if (!this.isOpen) return
    this.state = 'ended'
    this.life.clock.check()
    const now = this.life.now()
    this.tally.silence(now - this.heardAt)
    const pauses = this.life.pausesOf(this.pauses)
    this.end = this.endpoint.ended({ ...this.silence(now, this.heardAt), ...pauses, ...facts })
    this.monitor.judgeSoon(this.endpoint)
  }

  /* The connection is closed, with what was read of it. */
  closed ({ code, isClean }) {
    this.concluded('failed')
    this.ended()
    if (this.end) {
      this.tally.closeRead(code)
      Object.assign(this.end, { isClosed: true, isClean, code })
      this.endpoint.judge()
    }
    this.forget()
  }

  countSent (length) {
    const { messages } = this.tally
    messages.sent++
    messages.bytes_sent += length
  }

  countReceived (length) {
    const { messages } = this.tally
    messages.received++
    messages.bytes_received += length
  }

  heard () {
    const now = this.life.now()
    this.tally.silence(now - this.heardAt)
    this.heardAt = now
    this.pauses.heard = this.life.pauses
  }

  countSilence () {
    if (this.isOpen) this.tally.silence(this.life.now() - this.heardAt)
  }

  /* Its frame is gone: no event will follow, and an attempt has no outcome. */
  detached () {
    this.ended({ isDetached: true })
    this.forget()
  }

  forget () {
    if (this.isForgotten) return
    this.isForgotten = true
    this.state = 'ended'
    this.endpoint.sockets--
  }
}
